"""Reversing a paid payout, in whole or in part, with a reason that its coach reads."""

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.authentication.access import admin_only
from marketplace.bookings.schemas import LONGEST_REASON
from marketplace.error_answers import status_of
from marketplace.errors import Conflict, Invalid
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.money import plain, spoken
from marketplace.pages.earnings import PAYOUT_STATES, REVERSAL_STATES
from marketplace.pages.forms import load
from marketplace.payouts.queries import reversals as reversal_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.schemas.reversals import ReversePayoutFormSchema
from marketplace.payouts.service import reversals as payout_reversals

bp = Blueprint("admin_reversals", __name__, url_prefix="/admin/payouts/sent/<uuid:payout_id>/reverse")


@bp.get("")
@admin_only
def ask(payout_id: uuid.UUID) -> ResponseReturnValue:
    """How much, and why; what was reversed before."""
    return _page(payout_id)


@bp.post("")
@admin_only
def send(payout_id: uuid.UUID) -> ResponseReturnValue:
    """Reverse it."""
    payout = run_queries.visible_payout(actor(), payout_id)
    try:
        asked = load(ReversePayoutFormSchema(payout.currency))
        payout_reversals.reverse_payout(actor(), payout_id=payout_id, **asked)
    except (Invalid, Conflict) as refusal:
        errors = refusal.fields if isinstance(refusal, Invalid) else {"form": [refusal.sentence]}
        return _page(payout_id, errors=errors, typed=request.form), status_of(refusal)
    amount = spoken(asked["cents"], payout.currency)
    flash(
        _("%(sum)s is being reversed. The coach reads the reason by mail and with the earnings.", sum=amount), "success"
    )
    return redirect(url_for(".ask", payout_id=payout_id), 303)


@bp.post("/<uuid:reversal_id>/retry")
@admin_only
def retry(payout_id: uuid.UUID, reversal_id: uuid.UUID) -> ResponseReturnValue:
    """Ask Stripe again for what it refused."""
    try:
        payout_reversals.retry_reversal(actor(), reversal_id=reversal_id)
    except Conflict as refusal:
        return _page(payout_id, errors={"form": [refusal.sentence]}), status_of(refusal)
    flash(_("It is being tried again."), "success")
    return redirect(url_for(".ask", payout_id=payout_id), 303)


def _page(payout_id: uuid.UUID, **shown: Any) -> str:
    payout = run_queries.visible_payout(actor(), payout_id)
    reversals, left = reversal_queries.reversals_of(payout.id), reversal_queries.left_to_reverse(payout)
    return render_template(
        "admin/reversal.html",
        payout=payout,
        left=left,
        everything=plain(left, payout.currency),
        taken=reversal_queries.reversed_cents([payout]).get(payout.id, 0),
        reversals=reversals,
        people=run_queries.names_of({reversal.asked_by for reversal in reversals}),
        states=PAYOUT_STATES,
        reversal_states=REVERSAL_STATES,
        longest=LONGEST_REASON,
        **shown,
    )
