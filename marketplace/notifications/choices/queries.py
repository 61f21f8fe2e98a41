"""Reading what an address does not want."""

from sqlalchemy import select

from marketplace.db import session
from marketplace.notifications.choices.models import DeclinedMail


def declined(recipient: str) -> set[str]:
    """The kinds of mail that are not sent there."""
    return set(session().scalars(select(DeclinedMail.kind).where(DeclinedMail.recipient == recipient)))
