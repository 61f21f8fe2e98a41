"""Reads: the files of a session, for the two of it."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.bookings import queries as bookings
from marketplace.bookings.attachments.models import Attachment
from marketplace.db import session
from marketplace.errors import NotFound


def of_booking(actor: User, booking_id: uuid.UUID) -> Sequence[Attachment]:
    """The files of one session in the order in which they came; NotFound for who is no party to it."""
    bookings.of_party(actor, booking_id)
    return attached(booking_id)


def one(actor: User, booking_id: uuid.UUID, attachment_id: uuid.UUID) -> Attachment:
    """One of them; NotFound."""
    bookings.of_party(actor, booking_id)
    chosen = select(Attachment).where(Attachment.id == attachment_id, Attachment.booking_id == booking_id)
    found = session().scalar(chosen)
    if found is None:
        raise NotFound
    return found


def attached(booking_id: uuid.UUID) -> Sequence[Attachment]:
    """The same without asking who may see them."""
    chosen = select(Attachment).where(Attachment.booking_id == booking_id).order_by(Attachment.id)
    return session().scalars(chosen).all()
