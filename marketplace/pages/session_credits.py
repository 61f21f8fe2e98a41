"""Session credits: paid for without a time, scheduled later."""

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from marketplace import clock, payment_subjects
from marketplace.asks.quotes import service as quotes
from marketplace.authentication.access import signed_in, viewers_zone
from marketplace.bookings.schemas import TimeSchema
from marketplace.error_answers import status_of
from marketplace.errors import Conflict, FairhourError, NotAllowed, NotFound, Unavailable
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.pages.arguments import id_argument
from marketplace.pages.payers import thanked
from marketplace.pages.weeks import free_week_of
from marketplace.payments.billing_parties.queries import name_of_payer
from marketplace.payments.rules import UNDECIDED
from marketplace.payments.stripe_gateway.client import GatewayRefused
from marketplace.session_credits import queries, rules
from marketplace.session_credits.models import SessionCredit
from marketplace.session_credits.service import orders, refunds

bp = Blueprint("session_credits", __name__)

# Why it was refunded; what else is there was not scheduled in time.
ENDS = {
    rules.COACH_LEFT: _l("The coach offers no sessions here any more."),
    rules.PARTLY_REFUNDED: _l("Your bank gave back what it had taken, and the rest was refunded before."),
}
TONES = {rules.UNPAID: "warm", rules.OPEN: "warm", rules.USED: "good"}


@bp.post("/quotes/<uuid:quote_id>/credit")
@signed_in
def buy(quote_id: uuid.UUID) -> ResponseReturnValue:
    """Take a quote without a time; it is paid for on its own page."""
    try:
        credit = quotes.buy_credit(actor(), quote_id=quote_id)
    except NotFound:
        raise
    except (Conflict, NotAllowed) as refusal:
        flash(refusal.sentence, "error")
        return redirect(url_for("asks.mine"), 303)
    return redirect(url_for(".show", credit_id=credit.id), 303)


@bp.get("/credits")
@signed_in
def mine() -> ResponseReturnValue:
    """What one paid for or, as a coach, was paid without a time."""
    as_coach, after = request.args.get("as") == "coach", id_argument("after")
    found, more = queries.page_for(actor(), as_coach=as_coach, after=after)
    side: dict[str, Any] = {"as": "coach"} if as_coach else {}
    return render_template(
        "session_credits/mine.html",
        credits=found,
        as_coach=as_coach,
        names=rules.STATUS_NAMES,
        tones=TONES,
        start=url_for(".mine", **side) if after else None,
        more=url_for(".mine", after=more, **side) if more else None,
    )


@bp.get("/credits/<uuid:credit_id>")
@thanked
@signed_in
def show(credit_id: uuid.UUID) -> ResponseReturnValue:
    """One: to be paid for, to be scheduled, or what became of it."""
    came_back = request.args.get("paid")
    if came_back:
        _settle(queries.one(actor(), credit_id))
    return _page(queries.one(actor(), credit_id), came_back=came_back)


def _settle(credit: SessionCredit) -> None:
    """The address proves nothing: Stripe is asked."""
    if credit.payment is not None and credit.payment.status in UNDECIDED:
        try:
            payment_subjects.settle_payment(str(credit.payment.id))
        except (Unavailable, GatewayRefused):
            flash(_("Your payment is being checked. Look again in a moment; nothing was lost."), "warning")


@bp.post("/credits/<uuid:credit_id>/pay")
@signed_in
def pay(credit_id: uuid.UUID) -> ResponseReturnValue:
    """To the hosted page where it is paid."""
    try:
        return redirect(orders.pay(actor(), credit_id=credit_id), 303)
    except (Conflict, Unavailable, GatewayRefused) as refusal:
        flash(refusal.sentence, "error")
        return redirect(url_for(".show", credit_id=credit_id), 303)


@bp.post("/credits/<uuid:credit_id>/schedule")
@signed_in
def schedule(credit_id: uuid.UUID) -> ResponseReturnValue:
    """Book the time that was chosen."""
    if queries.one(actor(), credit_id).mentee_id != actor().id:
        raise NotFound
    try:
        typed = {"starts_at": request.form.get("starts_at", "").replace(" ", "+")}
        booking = orders.schedule(actor(), credit_id=credit_id, **TimeSchema().load(typed))
    except ValidationError:
        return redirect(url_for(".show", credit_id=credit_id), 303)
    except NotFound:
        raise
    except FairhourError as refusal:
        return _page(queries.one(actor(), credit_id), gone=refusal.sentence), status_of(refusal)
    flash(_("Booked and paid for."), "success")
    return redirect(url_for("session.show", booking_id=booking.id), 303)


@bp.post("/credits/<uuid:credit_id>/cancel")
@signed_in
def cancel(credit_id: uuid.UUID) -> ResponseReturnValue:
    """Cancel it before a session is scheduled."""
    try:
        refunds.cancel(actor(), credit_id=credit_id)
    except Conflict as refusal:
        flash(refusal.sentence, "error")
    else:
        flash(_("Cancelled. All of it is refunded."), "success")
    return redirect(url_for(".show", credit_id=credit_id), 303)


def _page(credit: SessionCredit, **shown: Any) -> str:
    is_mentee = credit.mentee_id == actor().id
    now, disputed = clock.now(), credit.is_disputed
    standing: dict[str, Any] = {"expires_at": credit.expires_at, "disputed": disputed, "now": now}
    may_schedule = is_mentee and queries.coach_is_there(credit) and rules.may_schedule(credit.status, **standing)
    return render_template(
        "session_credits/show.html",
        credit=credit,
        is_mentee=is_mentee,
        disputed=disputed,
        may_cancel=is_mentee and rules.cancelling_refused(credit.status, **standing) is None,
        payer=name_of_payer(credit.payment_id) if is_mentee else "",
        why=_why(credit, is_mentee=is_mentee),
        policy=credit.terms,
        names=rules.STATUS_NAMES,
        tone=TONES.get(credit.status, "quiet"),
        to_pay=is_mentee and credit.status == rules.UNPAID and credit.pay_until > now,
        **(free_week_of(queries.offering_of(credit), viewers_zone()) if may_schedule else {}),
        **shown,
    )


def _why(credit: SessionCredit, *, is_mentee: bool) -> str:
    """Why it was refunded, for whoever reads it."""
    if credit.end_reason == rules.CANCELLED:
        cancelled = _("%(name)s cancelled it before a time was chosen.", name=credit.mentee.name)
        return _("You cancelled it before a time was chosen.") if is_mentee else cancelled
    return str(ENDS.get(credit.end_reason or "", _l("No time was chosen in time.")))
