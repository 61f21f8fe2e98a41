"""The balance and the transactions it is the sum of."""

import stripe
from stripe.params import BalanceRetrieveParams, BalanceTransactionListParams, BalanceTransactionRetrieveParams

from .. import ledger
from ..api import Call, endpoint
from ..box import Sandbox
from ..render import computed
from ..shapes import Obj, shape

KIND = "balance_transaction"


@endpoint("GET", "/v1/balance", BalanceRetrieveParams)
def retrieve(call: Call) -> Obj:
    """Available and pending by currency."""
    available, pending = ledger.balances(call.box, call.account)
    # The currencies of the platform's own account are listed from its beginning.
    held = dict.fromkeys(() if call.account else call.box.settles, 0)
    if not held and not available:
        held = {"usd": 0}
    return shape(stripe.Balance, available=_amounts(held | available), pending=_amounts(held | pending))


def _amounts(by_currency: dict[str, int]) -> list[Obj]:
    return [
        {"amount": amount, "currency": currency, "source_types": {"card": amount}}
        for currency, amount in sorted(by_currency.items())
    ]


@endpoint("GET", "/v1/balance_transactions/<transaction_id>", BalanceTransactionRetrieveParams)
def retrieve_transaction(call: Call, transaction_id: str) -> Obj:
    """One balance transaction."""
    return call.need(KIND, transaction_id)


@endpoint("GET", "/v1/balance_transactions", BalanceTransactionListParams, "created currency source type")
def list_transactions(call: Call) -> Obj:
    """Balance transactions, newest first."""
    return call.page(KIND, {name: call.params.get(name) for name in ("currency", "source", "type")})


@computed(KIND)
def _status(box: Sandbox, transaction: Obj) -> Obj:
    return {"status": "available" if transaction["available_on"] <= box.now() else "pending"}
