"""Top-ups: money that the platform itself puts into its available balance."""

import stripe

from . import ledger
from .box import Sandbox
from .events import emit
from .ids import new_id
from .shapes import Obj, shape

KIND = "topup"


def add(box: Sandbox, amount: int, currency: str, **given: object) -> Obj:
    """Put `amount` minor units into the available balance, now; sends `topup.created` and `topup.succeeded`."""
    topup = shape(
        stripe.Topup,
        id=new_id("tu"),
        amount=amount,
        created=box.now(),
        currency=currency,
        expected_availability_date=box.now(),
        initiated_by="user",
        status="pending",
        **{"metadata": {}, **given},
    )
    box.add(topup)
    emit(box, "topup.created", topup)
    booked = ledger.book(
        box,
        "topup",
        source=topup["id"],
        amount=amount,
        currency=currency,
        available_on=box.now(),
        description=topup["description"],
    )
    # Assumed: a test top-up takes no time.
    topup |= {"status": "succeeded", "balance_transaction": booked["id"]}
    box.store.save(topup)
    emit(box, "topup.succeeded", topup, previous={"status": "pending", "balance_transaction": None})
    return topup
