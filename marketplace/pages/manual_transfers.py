"""Payouts by bank transfer: a coach's account, and for admins what is to be transferred."""

import uuid
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace import clock
from marketplace.authentication.access import admin_only, signed_in
from marketplace.coaches import queries as coaches
from marketplace.error_answers import status_of
from marketplace.errors import Conflict, Invalid, NotAllowed, Outdated
from marketplace.http import actor
from marketplace.languages import formats
from marketplace.languages import gettext as _
from marketplace.pages.earnings import PAYOUT_STATES
from marketplace.pages.editing import EditForm, told
from marketplace.pages.forms import load
from marketplace.pages.responses import private
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.rules import permissions as payout_permissions
from marketplace.payouts.rules.bank_details import LONGEST_HOLDER, LONGEST_REASON, LONGEST_REFERENCE
from marketplace.payouts.schemas.manual_transfers import (
    TERRITORIES,
    BankDetailsSchema,
    BankDetailsStateSchema,
    ReturnedSchema,
    TransferredSchema,
)
from marketplace.payouts.service import manual_transfers

bp = Blueprint("manual_transfers", __name__)

TRANSFERS_A_PAGE = 20
MOST_TRANSFERS = 1_000_000

ACCOUNT = EditForm(BankDetailsStateSchema, lambda: bank_account_queries.bank_details_of(coaches.profile_of(actor()).id))


@bp.get("/dashboard/bank/transfer")
@signed_in
def details() -> ResponseReturnValue:
    """The coach's account for transfers, masked, or a form to give one."""
    return _details_page({})


@bp.post("/dashboard/bank/transfer")
@signed_in
def give() -> ResponseReturnValue:
    """Be paid there from now on."""
    try:
        given: Any = load(BankDetailsSchema())
        ACCOUNT.save(lambda: manual_transfers.give_details(actor(), details=given))
    except (Invalid, Outdated) as refusal:
        return _details_page(request.form, **told(refusal)), status_of(refusal)
    flash(_("Saved. Your payouts go to this account from now on."), "success")
    return redirect(url_for("earnings.bank"), 303)


@bp.post("/dashboard/bank/transfer/withdraw")
@signed_in
def withdraw() -> ResponseReturnValue:
    """Be paid through Stripe again."""
    manual_transfers.withdraw_details(actor())
    flash(_("Removed. Your payouts go through Stripe again."), "success")
    return redirect(url_for("earnings.bank"), 303)


def _details_page(typed: Any, **shown: Any) -> str:
    coach = coaches.profile_of(actor())
    return render_template(
        "earnings/manual_transfer.html",
        coach=coach,
        may_connect=payout_permissions.may_connect_bank(coach.status),
        details=bank_account_queries.bank_details_of(coach.id),
        countries=[("", _("Choose a country")), *formats.countries(TERRITORIES)],
        names=dict(formats.countries(TERRITORIES)),
        longest=LONGEST_HOLDER,
        typed=typed,
        **{"version": ACCOUNT.version()} | shown,
    )


@bp.get("/admin/payouts/<uuid:run_id>/transfers")
@admin_only
def transfers(run_id: uuid.UUID) -> ResponseReturnValue:
    """What of a run needs a manual transfer."""
    return _transfers_page(run_id)


@bp.get("/admin/payouts/<uuid:run_id>/transfers.csv")
@admin_only
def transfers_csv(run_id: uuid.UUID) -> ResponseReturnValue:
    """The same for the bank's own form."""
    answer = Response(manual_transfers.transfers_csv(actor(), run_id=run_id), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f"attachment; filename=transfers-{run_id}.csv"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/admin/payouts/<uuid:run_id>/transfers/<uuid:payout_id>/transferred")
@admin_only
def transferred(run_id: uuid.UUID, payout_id: uuid.UUID) -> ResponseReturnValue:
    """The bank has taken it."""
    try:
        manual_transfers.mark_transferred(actor(), payout_id=payout_id, **load(TransferredSchema()))
    except (Invalid, Conflict, NotAllowed) as refusal:
        return _refused(run_id, payout_id, refusal)
    flash(_("Marked as sent. The coach gets the statement by mail."), "success")
    return _back_to_the_page(run_id)


@bp.post("/admin/payouts/<uuid:run_id>/transfers/<uuid:payout_id>/returned")
@admin_only
def returned(run_id: uuid.UUID, payout_id: uuid.UUID) -> ResponseReturnValue:
    """The bank refused it, or sent it back."""
    try:
        manual_transfers.mark_returned(actor(), payout_id=payout_id, **load(ReturnedSchema()))
    except (Invalid, Conflict, NotAllowed) as refusal:
        return _refused(run_id, payout_id, refusal)
    flash(
        _("Marked as returned. The amount is in the coach's balance again, and the coach has been told why."), "success"
    )
    return _back_to_the_page(run_id)


def _back_to_the_page(run_id: uuid.UUID) -> ResponseReturnValue:
    query: dict[str, Any] = {"from": _start() or None}
    return redirect(url_for(".transfers", run_id=run_id, **query), 303)


def _start() -> int:
    """From which transfer on the page shows them."""
    return min(max(request.args.get("from", 0, type=int), 0), MOST_TRANSFERS)


def _refused(run_id: uuid.UUID, payout_id: uuid.UUID, refusal: Invalid | Conflict | NotAllowed) -> ResponseReturnValue:
    errors = refusal.fields if isinstance(refusal, Invalid) else {"form": [refusal.sentence]}
    # Several forms stand on the page: each field's name carries its payout.
    errors = {name if name == "form" else f"{name}-{payout_id}": said for name, said in errors.items()}
    typed = {f"{name}-{payout_id}": value for name, value in request.form.items()}
    answer = make_response(_transfers_page(run_id, errors=errors, typed=typed))
    answer.status_code = status_of(refusal)
    return answer


def _transfers_page(run_id: uuid.UUID, **shown: Any) -> ResponseReturnValue:
    to_make, every = run_queries.count_manual_transfers(actor(), run_id)
    start = _start()
    found = manual_transfers.read_transfers(actor(), run_id=run_id, start=start, limit=TRANSFERS_A_PAGE)
    return private(
        "admin/manual_transfers.html",
        run_id=run_id,
        transfers=found,
        open_count=to_make,
        every=every,
        start=start,
        a_page=TRANSFERS_A_PAGE,
        names=dict(formats.countries(TERRITORIES)),
        states=PAYOUT_STATES,
        today=clock.now().date().isoformat(),
        longest_reference=LONGEST_REFERENCE,
        longest_reason=LONGEST_REASON,
        **shown,
    )
