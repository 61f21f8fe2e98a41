"""One coach's payouts, for admins: the balance, what was sent, holding and releasing them."""

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.authentication.access import admin_only
from marketplace.coaches import queries as coaches
from marketplace.error_answers import status_of
from marketplace.errors import Conflict, Invalid
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.pages.earnings import PAYOUT_STATES
from marketplace.pages.forms import load
from marketplace.payouts.queries import earnings as earning_queries
from marketplace.payouts.queries import payables as payable_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.rules import payables as payable_rules
from marketplace.payouts.schemas.holds import PayoutHoldSchema
from marketplace.payouts.service import holds as payout_holds

bp = Blueprint("admin_coach_payouts", __name__, url_prefix="/admin/payouts/coaches/<uuid:coach_id>")


@bp.get("")
@admin_only
def show(coach_id: uuid.UUID) -> ResponseReturnValue:
    """The coach's balance, what was sent, and whether payouts are on hold."""
    return _page(coach_id)


@bp.post("/hold")
@admin_only
def hold(coach_id: uuid.UUID) -> ResponseReturnValue:
    """Hold the coach's payouts."""
    try:
        payout_holds.hold_coach(actor(), coach_id=coach_id, **load(PayoutHoldSchema()))
    except (Invalid, Conflict) as refusal:
        return _refused(coach_id, refusal)
    flash(_("The payouts are on hold. The coach reads the reason with the earnings and by mail."), "success")
    return redirect(url_for(".show", coach_id=coach_id), 303)


@bp.post("/release")
@admin_only
def release(coach_id: uuid.UUID) -> ResponseReturnValue:
    """Release the payouts."""
    try:
        payout_holds.release_coach(actor(), coach_id=coach_id)
    except Conflict as refusal:
        return _refused(coach_id, refusal)
    flash(_("Released. What waited goes out now."), "success")
    return redirect(url_for(".show", coach_id=coach_id), 303)


def _refused(coach_id: uuid.UUID, refusal: Invalid | Conflict) -> ResponseReturnValue:
    errors = refusal.fields if isinstance(refusal, Invalid) else {"form": [refusal.sentence]}
    return _page(coach_id, errors=errors, typed=request.form), status_of(refusal)


def _page(coach_id: uuid.UUID, **shown: Any) -> str:
    coach = coaches.for_admin(actor(), coach_id)
    holds = payable_queries.holds_of(coach_id)
    earned = earning_queries.earnings_of(coach)
    return render_template(
        "admin/coach_payouts.html",
        coach=coach,
        earned=earned,
        currencies=sorted({coach.currency, *earned.payable, *earned.waiting, *earned.paid_out}),
        why_not=payable_rules.reason_to_wait(payable_queries.standing_of(coach)),
        hold=payable_queries.hold_of(coach_id),
        holds=holds,
        people=run_queries.names_of({person for hold in holds for person in (hold.placed_by, hold.released_by)}),
        states=PAYOUT_STATES,
        **shown,
    )
