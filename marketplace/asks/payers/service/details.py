"""Commands: say who pays a quote, as its invoice and receipt name them, until it is paid."""

import uuid

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from marketplace import clock
from marketplace.asks.payers import queries
from marketplace.asks.payers.models import QuotePayer
from marketplace.asks.quotes.models import Quote
from marketplace.asks.quotes.rules import HELD
from marketplace.db import session, transactional
from marketplace.payments import queries as payments
from marketplace.payments.billing_parties.rules import Named
from marketplace.payments.billing_parties.service import name_party
from marketplace.payments.rules import PAID

NOBODY = Named()


@transactional
def keep(quote: Quote, named: Named, *, locale: str = "") -> None:
    """Keep who pays a locked quote, and name them on what is held for it. Raises PaidAlready."""
    write(quote.id, **named.as_row(), locale=locale)
    if quote.status == HELD:
        carry(quote)


@transactional
def forget(quote: Quote) -> None:
    """Forget who would have paid a locked quote; not of what was paid, whose documents name them."""
    forgotten = update(QuotePayer).where(QuotePayer.quote_id == quote.id).values(NOBODY.as_row())
    if not session().execute(forgotten.returning(QuotePayer.quote_id)).all():
        return
    subject_id = queries.subject_of(quote)
    payment = None if subject_id is None else payments.of_subject(subject_id)
    if subject_id is not None and (payment is None or payment.status != PAID):
        name_party(subject_id, NOBODY, locale="")


def write(quote_id: uuid.UUID, **values: object) -> None:
    """Change the row of a quote whose ask is locked, or make it."""
    row = values | {"changed_at": clock.now()}
    nothing = {"purpose": "", "generation": 0, "locale": "", **NOBODY.as_row()}
    written = insert(QuotePayer).values(nothing | row | {"quote_id": quote_id})
    session().execute(written.on_conflict_do_update(index_elements=["quote_id"], set_=row))


def carry(quote: Quote) -> None:
    """Name who pays on the documents of what is held for a quote: a time, a credit, or a written answer."""
    subject_id = queries.subject_of(quote)
    payer = queries.found(quote.id)
    if subject_id is not None:
        named = Named(payer.name, payer.address, payer.tax_id, payer.reference, payer.email)
        name_party(subject_id, named, locale=payer.locale)
