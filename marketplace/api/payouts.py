"""/coach/bank and /coach/balance: a coach's money and where it goes."""

from typing import Any

from marketplace.api.auth import needs
from marketplace.api.resource import Resource
from marketplace.coaches import queries as coaches
from marketplace.http import actor
from marketplace.payouts import queries, service
from marketplace.payouts.models import ConnectedAccount
from marketplace.payouts.schemas import BalanceSchema, BankSchema, BankStateSchema, LinkSchema

bp = Resource("payouts_api", __name__, url_prefix="/api/v1/coach", description="A coach's bank and earnings")


@bp.post("/bank")
@needs("money")
@bp.arguments(BankSchema)
@bp.response(200, LinkSchema)
def connect(data: dict[str, Any]) -> dict[str, str]:
    """Where to give your bank details. The address works once and not for long: ask again for another."""
    return {"url": service.connect_bank(actor(), **data)}


@bp.get("/bank")
@needs("read")
@bp.response(200, BankStateSchema)
def bank() -> ConnectedAccount | None:
    """Whether a payout can be sent to you."""
    return queries.account_of(coaches.profile_of(actor()).id)


@bp.get("/balance")
@needs("read")
@bp.response(200, BalanceSchema)
def balance() -> queries.Earnings:
    """What is payable, what waits for its sessions, what was paid out."""
    return queries.earnings_of(coaches.profile_of(actor()))
