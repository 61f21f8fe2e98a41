"""/coach/bank, balance, payout-schedule, payouts: a coach's money, where it goes and when."""

import uuid
from typing import Any

from flask import Response

from marketplace.api.auth import needs
from marketplace.api.editing import Editable
from marketplace.api.resource import Resource
from marketplace.coaches import queries as coaches
from marketplace.errors import NotFound
from marketplace.http import actor
from marketplace.payouts.models import ConnectedAccount, PayoutTerms
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.queries import earnings as earning_queries
from marketplace.payouts.queries import payables as payable_queries
from marketplace.payouts.queries import payout_lines as payout_line_queries
from marketplace.payouts.queries import reversals as reversal_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.queries import yearly_summaries as yearly_summary_queries
from marketplace.payouts.schemas.balances import BalanceSchema
from marketplace.payouts.schemas.bank_accounts import BankSchema, BankStateSchema, LinkSchema
from marketplace.payouts.schemas.schedules import PayoutScheduleSchema, PayoutTermsSchema
from marketplace.payouts.schemas.statements import PayoutStatementSchema
from marketplace.payouts.service import bank_accounts, statement_documents
from marketplace.payouts.service import schedules as payout_schedules

bp = Resource("payouts_api", __name__, url_prefix="/api/v1/coach", description="A coach's bank and earnings")

TERMS = Editable(PayoutTermsSchema, lambda: payable_queries.terms_of(coaches.profile_of(actor()).id))


@bp.post("/bank")
@needs("payouts")
@bp.arguments(BankSchema)
@bp.response(200, LinkSchema)
@bp.alt_response(409, description="Stripe refused it: the detail says why")
def connect_bank(data: dict[str, Any]) -> dict[str, str]:
    """Where to give your bank details.

    The address works once and not for long: ask again for another.
    """
    return {"url": bank_accounts.connect_bank(actor(), **data)}


@bp.get("/bank")
@needs("read")
@bp.response(200, BankStateSchema)
def get_bank() -> ConnectedAccount | None:
    """Whether a payout can be sent to you."""
    return bank_account_queries.account_of(coaches.profile_of(actor()).id)


@bp.get("/balance")
@needs("read")
@bp.response(200, BalanceSchema)
def get_balance() -> earning_queries.Earnings:
    """What is payable, what waits for its sessions, what was paid out."""
    return earning_queries.earnings_of(coaches.profile_of(actor()))


@bp.get("/payout-schedule")
@needs("read")
@bp.response(200, PayoutTermsSchema)
@TERMS.shown
def get_payout_schedule() -> PayoutTerms:
    """When you are paid out, and whether an admin holds your payouts back."""
    return payable_queries.terms_of(coaches.profile_of(actor()).id)


@bp.put("/payout-schedule")
@needs("money")
@bp.arguments(PayoutScheduleSchema)
@bp.response(200, PayoutTermsSchema)
@TERMS.edited
def set_payout_schedule(given: dict[str, Any]) -> PayoutTerms:
    """Be paid out weekly, monthly, or when you ask.

    What is older than 30 days goes out in any case.
    """
    return payout_schedules.choose_schedule(actor(), **given)


@bp.post("/payout-schedule/request")
@needs("payouts")
@bp.response(200, PayoutTermsSchema)
@bp.alt_response(409, description="There is nothing that a payout could carry now")
def request_payout() -> PayoutTerms:
    """Ask for a payout of all that is payable."""
    return payout_schedules.ask(actor())


@bp.get("/payouts/<uuid:payout_id>")
@needs("read")
@bp.response(200, PayoutStatementSchema)
@bp.alt_response(404, description="It is not yours")
def get_payout_statement(payout_id: uuid.UUID) -> dict[str, Any]:
    """What a payout is made of."""
    payout = run_queries.visible_payout(actor(), payout_id)
    reversals = reversal_queries.made_reversals([payout]).get(payout.id, [])
    coach_name = None if payout.coach.user_id == actor().id else payout.coach.user.name
    return {
        "payout": (payout, coach_name),
        "lines": payout_line_queries.statement_lines(payout),
        "reversals": reversals,
    }


@bp.get("/payouts/<uuid:payout_id>.csv")
@needs("read")
@bp.response(200, {"type": "string"}, content_type="text/csv")
@bp.alt_response(404, description="It is not yours")
def get_payout_statement_csv(payout_id: uuid.UUID) -> Response:
    """The same for a spreadsheet."""
    payout = run_queries.visible_payout(actor(), payout_id)
    return Response(
        statement_documents.statement_csv(payout, payout_line_queries.statement_lines(payout)), mimetype="text/csv"
    )


@bp.get("/earnings/<int:year>.csv")
@needs("read")
@bp.response(200, {"type": "string"}, content_type="text/csv")
def get_earnings_csv(year: int) -> Response:
    """Your year by month: earned, our fee, refunded or disputed since, paid out."""
    coach = coaches.profile_of(actor())
    if year not in yearly_summary_queries.years_of(coach):
        raise NotFound
    return Response(statement_documents.year_csv(yearly_summary_queries.year_of(coach, year)), mimetype="text/csv")
