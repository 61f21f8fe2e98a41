"""The next number of a seller, and the document that has it: both commit or neither does."""

import uuid
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.coaches.models import Coach
from marketplace.db import session, uuid7
from marketplace.invoices import rules
from marketplace.invoices.models import Invoice, InvoiceSeries


def write(
    *, key: str, kind: str, seller: Coach | None, buyer: User, currency: str, content: dict[str, Any], **more: Any
) -> Invoice:
    """Make a document in the running transaction with its seller's next number.

    No seller is the platform.

    The row of the seller's numbers stays locked until the transaction ends: a number that was taken in vain is taken
    again by the next, so there is no gap, and two at once wait for each other.
    """
    seller_id = None if seller is None else seller.user_id
    _open(seller_id, rules.PLATFORM_PREFIX if seller is None else seller.handle.upper())
    taken = (
        update(InvoiceSeries)
        .where(InvoiceSeries.seller_id.is_not_distinct_from(seller_id))
        .values(last_number=InvoiceSeries.last_number + 1)
        .returning(InvoiceSeries.id, InvoiceSeries.prefix, InvoiceSeries.last_number)
    )
    series_id, prefix, number = session().execute(taken).one()
    gross, tax = (sum(line[f"{part}_cents"] for line in content["lines"]) for part in ("gross", "tax"))
    invoice = Invoice(
        id=uuid7(),
        key=key,
        kind=kind,
        series_id=series_id,
        number=number,
        label=rules.label(prefix, number),
        seller_id=seller_id,
        buyer_id=buyer.id,
        issued_at=clock.now(),
        currency=currency,
        net_cents=gross - tax,
        tax_cents=tax,
        gross_cents=gross,
        content=content,
        **more,
    )
    session().add(invoice)
    session().flush()
    return invoice


def _open(seller_id: uuid.UUID | None, prefix: str) -> None:
    """Begin a seller's numbers, unless they have begun."""
    opened = insert(InvoiceSeries).values(id=uuid7(), seller_id=seller_id, prefix=prefix, last_number=0)
    session().execute(opened.on_conflict_do_nothing())
