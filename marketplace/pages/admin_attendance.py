"""No-show reports, for admins: what mentee and coach say, and what is decided."""

import uuid
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace import clock
from marketplace.attendance import queries, rules, service
from marketplace.attendance.schemas import AttendanceDecisionFormSchema
from marketplace.audit.queries import timeline_of
from marketplace.authentication.access import admin_only, viewers_zone
from marketplace.bookings import queries as bookings
from marketplace.bookings.earnings.rules import shares
from marketplace.bookings.schemas import LONGEST_REASON
from marketplace.error_answers import status_of
from marketplace.errors import Conflict, Invalid, NotAllowed
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.money import spoken
from marketplace.pages import admin_files, tables
from marketplace.pages.csv_export import batches
from marketplace.pages.forms import load
from marketplace.pages.session.attendance import Attendance
from marketplace.pages.session.timeline import timeline
from marketplace.pages.tables import TIME, Column
from marketplace.pages.wording import ADMIN, Reader
from marketplace.payments.billing_parties.queries import name_of_payer

bp = Blueprint("admin_attendance", __name__, url_prefix="/admin/attendance")

STATES = {
    rules.OPEN: (_l("Waiting for the coach"), "quiet"),
    rules.CONTESTED: (_l("Waiting for a decision"), "warm"),
    rules.UPHELD: (_l("Everything was refunded"), "quiet"),
    rules.REJECTED: (_l("The coach is paid"), "quiet"),
    rules.SPLIT: (_l("Split"), "quiet"),
    rules.WITHDRAWN: (_l("Withdrawn"), "quiet"),
}


SHOWN = (
    Column("who", _l("Between"), path=lambda report: report.booking.mentee.name),
    Column("title", _l("Session"), path="booking.title"),
    Column("starts_at", _l("When"), kind=TIME, sorts=True, path="booking.starts_at"),
    *admin_files.only(admin_files.ATTENDANCE, "price", "status", "reported_at", "settled_at"),
)


@bp.get("")
@admin_only
def waiting() -> ResponseReturnValue:
    """Reports that wait for a decision, or those that are settled."""
    settled = request.args.get("state") == "settled"
    asked = tables.read(SHOWN, default="-settled_at" if settled else "reported_at")
    read = partial(queries.for_admin, actor(), settled=settled)
    if asked.as_csv:
        return replace(asked, columns=admin_files.ATTENDANCE).csv("attendance.csv", batches(read, **asked.sorting))
    shown = asked.table(read(**asked.order), _("Attendance reports"))
    return render_template("admin/attendance.html", shown=shown, settled=settled, states=STATES), asked.status


@bp.get("/<uuid:report_id>")
@admin_only
def report(report_id: uuid.UUID) -> ResponseReturnValue:
    """Everything that a decision needs."""
    return _page(report_id)


@bp.post("/<uuid:report_id>/decide")
@admin_only
def decide(report_id: uuid.UUID) -> ResponseReturnValue:
    """Decide; both are told at once."""
    currency = queries.one(actor(), report_id).booking.currency
    try:
        service.decide(actor(), report_id=report_id, **load(AttendanceDecisionFormSchema(currency)))
    except (Invalid, Conflict, NotAllowed) as refusal:
        errors = refusal.fields if isinstance(refusal, Invalid) else {"form": [refusal.sentence]}
        return _page(report_id, errors=errors, typed=request.form), status_of(refusal)
    flash(_("Decided. Both have been told."), "success")
    return redirect(url_for(".report", report_id=report_id), 303)


def _page(report_id: uuid.UUID, **shown: Any) -> str:
    found = queries.one(actor(), report_id)
    booking = found.booking
    reader = Reader(ADMIN, viewers_zone(), clock.now())
    refunds = bookings.refunds_of(booking)
    coach_cents, _fee = shares(booking.price_cents, booking.fee_basis_points)
    return render_template(
        "admin/attendance_report.html",
        report=found,
        booking=booking,
        state=STATES[found.status],
        told=Attendance.of(booking, found, reader, payer=name_of_payer(booking.payment_id)),
        to_decide=found.status == rules.CONTESTED,
        verdicts=[
            (rules.REFUND, _("Refund everything: %(sum)s", sum=spoken(booking.price_cents, booking.currency))),
            (rules.PAY, _("The coach is paid: %(sum)s after our fee", sum=spoken(coach_cents, booking.currency))),
            (rules.SHARE, _("Split: part of it is refunded, the coach is paid for the rest")),
        ],
        timeline=timeline(booking, timeline_of(booking.id), refunds, reader),
        longest=LONGEST_REASON,
        **shown,
    )
