"""Settlement elsewhere: what becomes of money in a currency that the account does not hold.

Stripe converts it into the account's own at the day's rate, less its fee (docs.stripe.com/currencies/conversions): the
balance transaction has another currency and an `exchange_rate`. A refund or a dispute is converted again, at the rate
of its own day and without that fee. The sandbox has rates of its own, fixed by currency and day.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from . import ledger
from .box import Sandbox
from .errors import StripeError

# What a dollar costs in the middle.
A_DOLLAR = {
    "aed": "3.67",
    "aud": "1.52",
    "cad": "1.37",
    "chf": "0.89",
    "czk": "23.2",
    "dkk": "6.86",
    "eur": "0.92",
    "gbp": "0.79",
    "hkd": "7.81",
    "jpy": "151",
    "mxn": "17.1",
    "myr": "4.7",
    "nok": "10.7",
    "nzd": "1.66",
    "pln": "3.97",
    "ron": "4.58",
    "sek": "10.5",
    "sgd": "1.35",
    "thb": "36",
    "usd": "1",
}
FEE = Decimal("0.02")  # stripe.com/pricing: 2 % where the account is in another place than Europe
DAY_SECONDS = 86_400


class Settled(NamedTuple):
    """Minor units as a balance holds them; `exchange_rate` turned the ones that were asked for into them."""

    amount: int
    currency: str
    exchange_rate: float | None


def settled(box: Sandbox, amount: int, currency: str, account: str = "") -> Settled:
    """`amount` as it moves in the balance: negative where it leaves. Connected accounts hold every currency."""
    if account or not box.settles or currency in box.settles:
        return Settled(amount, currency, None)
    home = box.settles[0]
    rate = _rate(box, currency, home)
    if amount > 0:
        rate *= 1 - FEE
    rate = rate.quantize(Decimal("1e-8"))
    return Settled(int((amount * rate).quantize(Decimal(1), ROUND_HALF_UP)), home, float(rate))


def _rate(box: Sandbox, currency: str, home: str) -> Decimal:
    """Minor units of `home` for one of `currency`, today: up to one percent off the middle."""
    if currency not in A_DOLLAR:
        raise StripeError(f"Your account cannot accept payments in {currency}.", param="currency")
    middle = Decimal(A_DOLLAR[home]) / Decimal(A_DOLLAR[currency])
    today = 1 + Decimal(box.now() // DAY_SECONDS * 7 % 11 - 5) / 500
    return middle.scaleb(ledger.decimals(home) - ledger.decimals(currency)) * today
