"""Reading mailboxes: their coach alone sees one."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.asks.invitations.mailboxes.models import MailInAddress, ReceivedMail
from marketplace.asks.invitations.mailboxes.rules import addresses, states
from marketplace.coaches import queries as coaches
from marketplace.coaches.models import Coach
from marketplace.db import session
from marketplace.errors import NotFound

WHOLE = joinedload(ReceivedMail.coach, innerjoin=True)


def is_on() -> bool:
    """Whether the operator takes mail in."""
    return bool(config.current().mail_in_domain)


def address_of(coach_id: uuid.UUID) -> str | None:
    """Where the coach forwards invitations; None where there is none, or it was made under another secret key."""
    found = session().get(MailInAddress, coach_id, populate_existing=True)
    if found is None or not is_on():
        return None
    local = addresses.local_part(coach_id, generation=found.generation, key=config.current().secret_key)
    return f"{local}@{config.current().mail_in_domain}" if found.digest == addresses.digest(local) else None


def by_address(address: str) -> MailInAddress | None:
    """The address of a coach who may publish, locked until the transaction ends; None for any other."""
    local, at, domain = address.strip().rpartition("@")
    if not at or not is_on() or domain.rstrip(".").casefold() != config.current().mail_in_domain.casefold():
        return None
    chosen = select(MailInAddress).options(joinedload(MailInAddress.coach, innerjoin=True))
    chosen = chosen.where(MailInAddress.digest == addresses.digest(local)).with_for_update(of=MailInAddress)
    return session().scalar(chosen, execution_options={"populate_existing": True})


def of_coach(actor: User) -> Sequence[ReceivedMail]:
    """The mails that were not used, the newest first; NotFound for who is no coach."""
    chosen = select(ReceivedMail).where(
        ReceivedMail.coach_id == coaches.profile_of(actor).id, ReceivedMail.status.in_(states.KEPT)
    )
    return session().scalars(chosen.order_by(ReceivedMail.id.desc()).limit(addresses.MOST_KEPT)).all()


def locked(mail_id: uuid.UUID, *, actor: User | None = None) -> ReceivedMail:
    """A mail with its coach, locked until the transaction ends; NotFound, also for anybody but its coach `actor`."""
    chosen = select(ReceivedMail).options(WHOLE).where(ReceivedMail.id == mail_id).with_for_update(of=ReceivedMail)
    if actor is not None:
        chosen = chosen.where(ReceivedMail.coach_id.in_(select(Coach.id).where(Coach.user_id == actor.id)))
    found = session().scalar(chosen, execution_options={"populate_existing": True})
    if found is None:
        raise NotFound
    return found


def came_lately(coach_id: uuid.UUID) -> int:
    """How many mails came to a coach's address of late."""
    since = clock.now() - addresses.RATE_WITHIN
    chosen = select(func.count()).where(ReceivedMail.coach_id == coach_id, ReceivedMail.received_at > since)
    return int(session().scalar(chosen) or 0)


def answered_lately(coach_id: uuid.UUID) -> int:
    """How many mails told the coach of late what became of those that came."""
    since = clock.now() - addresses.ANSWERS_WITHIN
    chosen = select(func.count()).where(ReceivedMail.coach_id == coach_id, ReceivedMail.answered_at > since)
    return int(session().scalar(chosen) or 0)
