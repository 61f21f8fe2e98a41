"""Who is named on the documents of what somebody else pays for."""

import uuid

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.orm import Mapped, mapped_column

from marketplace import clock
from marketplace.db import Base, Instant, Words


class BillingParty(Base):
    """Whom the documents of a payment name as their buyer, by the payment's subject, instead of the account's owner.

    `reference` is theirs: an order number. Receipts and credit notes are mailed to `email` too, where there is one, in
    the language `locale` ("": the site's own).
    """

    __tablename__ = "billing_parties"
    __table_args__ = (CheckConstraint("name <> ''", name="name"),)

    subject_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[Words]
    address: Mapped[Words]
    tax_id: Mapped[Words]
    reference: Mapped[Words]
    email: Mapped[str] = mapped_column(CITEXT)
    locale: Mapped[Words]
    named_at: Mapped[Instant] = mapped_column(default=clock.now)
