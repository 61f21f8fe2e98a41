"""What a charge, a refund or a dispute moved in our balance, in the currency of the balance."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

import stripe

from marketplace.payments.stripe_gateway.client import instant


@dataclass(frozen=True)
class Settlement:
    """A balance transaction: `amount` minor units came, negative: left; Stripe took `fee` of the same currency for it.

    Where the currency is another than that of what it is about, Stripe has converted.
    """

    amount: int
    fee: int
    currency: str
    available_on: datetime


def settlement(found: object) -> Settlement | None:
    """An expanded balance transaction; None where Stripe has not booked it."""
    if found is None:
        return None
    line = cast("stripe.BalanceTransaction", found)
    return Settlement(line.amount, line.fee, line.currency, cast(datetime, instant(line.available_on)))
