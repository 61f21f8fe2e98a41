"""Commands: name a billing party, or none."""

import uuid

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from marketplace import clock
from marketplace.db import session, transactional
from marketplace.errors import Conflict
from marketplace.payments import queries as payments
from marketplace.payments import rules
from marketplace.payments.billing_parties.models import BillingParty
from marketplace.payments.billing_parties.rules import Named


class PaidAlready(Conflict):
    """This is paid: its invoice keeps the name and address that it was issued with."""


@transactional
def name_party(subject_id: uuid.UUID, named: Named, *, locale: str) -> None:
    """Say whom the documents of a subject name; without a name, its account's owner. Raises PaidAlready."""
    payment = payments.of_subject(subject_id)
    if payment is not None and payments.locked(payment.id).status == rules.PAID:
        raise PaidAlready
    if not named.name:
        session().execute(delete(BillingParty).where(BillingParty.subject_id == subject_id))
        return
    told = named.as_row() | {"locale": locale, "named_at": clock.now()}
    written = insert(BillingParty).values(subject_id=subject_id, **told)
    session().execute(written.on_conflict_do_update(index_elements=["subject_id"], set_=told))
