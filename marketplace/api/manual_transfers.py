"""/coach/bank/transfer and /admin/…/transfers: payouts that a person transfers."""

import uuid
from typing import Any

from flask import Response

from marketplace.api.auth import needs
from marketplace.api.editing import Editable
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.coaches import queries as coaches
from marketplace.http import actor
from marketplace.payouts.models import BankDetails, Payout
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.rules.bank_details import Details
from marketplace.payouts.schemas.manual_transfers import (
    BankDetailsSchema,
    BankDetailsStateSchema,
    ReturnedSchema,
    TransferListSchema,
    TransferredSchema,
)
from marketplace.payouts.schemas.payouts import PayoutSchema
from marketplace.payouts.service import manual_transfers

bp = Resource("manual_transfers_api", __name__, url_prefix="/api/v1", description="Payouts by manual transfer")

ACCOUNT = Editable(BankDetailsStateSchema, lambda: bank_account_queries.bank_details_of(coaches.profile_of(actor()).id))


@bp.get("/coach/bank/transfer")
@needs("read")
@bp.response(200, BankDetailsStateSchema)
@ACCOUNT.shown
def get_bank_details() -> BankDetails | None:
    """Whether you are paid by bank transfer, and where to: masked."""
    return bank_account_queries.bank_details_of(coaches.profile_of(actor()).id)


@bp.put("/coach/bank/transfer")
@needs("payouts")
@bp.arguments(BankDetailsSchema)
@bp.response(200, BankDetailsStateSchema)
@ACCOUNT.edited
def set_bank_details(given: Details) -> BankDetails:
    """Be paid by bank transfer instead of through Stripe."""
    return manual_transfers.give_details(actor(), details=given)


@bp.delete("/coach/bank/transfer")
@needs("payouts")
@bp.response(204)
def remove_bank_details() -> None:
    """Be paid through Stripe again."""
    manual_transfers.withdraw_details(actor())


@bp.get("/admin/payout-runs/<uuid:run_id>/transfers")
@needs("admin:critical")
@bp.response(200, TransferListSchema)
def list_transfers(run_id: uuid.UUID) -> dict[str, Any]:
    """What of a run a person transfers, with the accounts in full. That you read them is kept."""
    return {"items": manual_transfers.read_transfers(actor(), run_id=run_id)}


@bp.get("/admin/payout-runs/<uuid:run_id>/transfers.csv")
@needs("admin:critical")
@bp.response(200, {"type": "string"}, content_type="text/csv")
def get_transfers_csv(run_id: uuid.UUID) -> Response:
    """What of it is still to be transferred, for a bank's own form."""
    return Response(manual_transfers.transfers_csv(actor(), run_id=run_id), mimetype="text/csv")


@bp.post("/admin/payouts/<uuid:payout_id>/transferred")
@needs("admin:critical")
@idempotent
@bp.arguments(TransferredSchema)
@bp.response(200, PayoutSchema)
@bp.alt_response(409, description="It waits for no manual transfer")
def record_transfer(data: dict[str, Any], payout_id: uuid.UUID) -> Payout:
    """The bank has taken the transfer."""
    return manual_transfers.mark_transferred(actor(), payout_id=payout_id, **data)


@bp.post("/admin/payouts/<uuid:payout_id>/returned")
@needs("admin:critical")
@idempotent
@bp.arguments(ReturnedSchema)
@bp.response(200, PayoutSchema)
@bp.alt_response(409, description="It was not sent by a manual transfer, or was returned already")
def record_transfer_return(data: dict[str, Any], payout_id: uuid.UUID) -> Payout:
    """The bank refused the transfer or sent it back: the money is the coach's again.

    The coach reads the reason.
    """
    return manual_transfers.mark_returned(actor(), payout_id=payout_id, **data)
