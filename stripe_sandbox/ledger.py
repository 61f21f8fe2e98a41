"""Double entry: every move of money is a balance transaction, every balance their sum.

Fee of a card 2.9 % + 0.30 in the charge's currency, kept on refunds (stripe.com/pricing, docs.stripe.com/refunds).
Balances are computed from the balance transactions alone, so they cannot disagree with them.
"""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

import stripe

from .box import Sandbox
from .errors import StripeError
from .ids import new_id
from .shapes import Obj, shape

# docs.stripe.com/currencies#zero-decimal and #three-decimal
ZERO_DECIMAL = frozenset(
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf"]
)
THREE_DECIMAL = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])


def decimals(currency: str) -> int:
    """How many digits the currency's minor unit has."""
    return 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2


def words(amount: int, currency: str) -> str:
    """`words(12000, "usd")` -> `120.00 USD`."""
    digits = decimals(currency)
    return f"{Decimal(amount).scaleb(-digits):,.{digits}f} {currency.upper()}"


def stripe_fee(amount: int, currency: str) -> int:
    """2.9 % and 0.30 in minor units; in a currency without decimals the fixed part is 30 units."""
    fixed = 30 if decimals(currency) < 3 else 300
    return int((Decimal(amount) * Decimal("0.029")).quantize(Decimal(1), ROUND_HALF_UP)) + fixed


def bank_fee(amount: int, currency: str) -> int:
    """0.8 % of a bank debit, at most 5.00 (stripe.com/pricing, ACH Direct Debit); the same for SEPA here."""
    share = int((Decimal(amount) * Decimal("0.008")).quantize(Decimal(1), ROUND_HALF_UP))
    return min(share, 5 * 10 ** decimals(currency))


def book(
    box: Sandbox,
    kind: str,
    *,
    source: str,
    amount: int,
    currency: str,
    available_on: int,
    fee: int = 0,
    account: str = "",
    description: str | None = None,
    category: str | None = None,
    fee_for: str = "Stripe processing fees",
    exchange_rate: float | None = None,
    asked_for: int | None = None,
) -> Obj:
    """Write one balance transaction of `amount` minor units (negative when money leaves) less `fee`.

    With an `exchange_rate` it was converted from `asked_for` of another currency.
    """
    details = [
        {"amount": fee, "application": None, "currency": currency, "type": "stripe_fee"} | {"description": fee_for}
    ]
    if amount > fee:
        # Whoever waits for money looks again when this is available.
        box.store.at(available_on, "balance_grows", account)
    return box.add(
        shape(
            stripe.BalanceTransaction,
            id=new_id("txn"),
            amount=amount,
            available_on=available_on,
            balance_type="payments",
            created=box.now(),
            currency=currency,
            description=description,
            exchange_rate=exchange_rate,
            fee=fee,
            fee_details=details if fee else [],
            net=amount - fee,
            reporting_category=category or kind,
            source=source,
            status="pending",
            type=kind,
            _asked_for=amount if asked_for is None else asked_for,
        ),
        account,
    )


def balances(box: Sandbox, account: str = "") -> tuple[dict[str, int], dict[str, int]]:
    """(available, pending) minor units by currency."""
    available: dict[str, int] = defaultdict(int)
    pending: dict[str, int] = defaultdict(int)
    rows = box.store.db.execute(
        "select json_extract(body, '$.currency') as currency, json_extract(body, '$.available_on') <= ? as settled, "
        "sum(json_extract(body, '$.net')) as net from objects "
        "where kind = 'balance_transaction' and account = ? group by 1, 2",
        (box.now(), account),
    )
    for row in rows:
        (available if row["settled"] else pending)[row["currency"]] += row["net"]
        # A currency that was ever touched is listed on both sides, as Stripe lists it.
        available[row["currency"]] += 0
        pending[row["currency"]] += 0
    return dict(available), dict(pending)


def cover(box: Sandbox, account: str, currency: str, amount: int) -> None:
    """Refuse, with `balance_insufficient`, to move more than is available."""
    available, _ = balances(box, account)
    if available.get(currency, 0) < amount:
        raise StripeError(
            "You have insufficient available funds in your Stripe account. Try adding funds directly to your "
            "available balance by creating Charges using the 4000000000000077 test card.",
            code="balance_insufficient",
        )
