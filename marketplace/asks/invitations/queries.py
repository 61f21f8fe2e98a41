"""Reading invitations: for their coach alone, and for the organiser by the link of a mail."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import joinedload

from marketplace import clock, config, currencies
from marketplace.accounts.models import User
from marketplace.asks import queries as asks
from marketplace.asks.invitations.models import Invitation, InvitationSettings, InvitationStop
from marketplace.asks.invitations.rules import links, prices, states
from marketplace.asks.invitations.rules.prices import InvitationPrice
from marketplace.asks.models import Ask
from marketplace.asks.quotes import queries as quotes
from marketplace.asks.quotes import rules as quote_rules
from marketplace.asks.quotes.models import Quote
from marketplace.asks.rules import states as ask_states
from marketplace.bookings.holds import queries as hold_queries
from marketplace.bookings.models import Booking
from marketplace.calendars import queries as calendars
from marketplace.coaches import queries as coaches
from marketplace.coaches.kinds.rules import unsold
from marketplace.coaches.models import Coach
from marketplace.db import session
from marketplace.errors import NotFound

WHOLE = (
    joinedload(Invitation.coach, innerjoin=True),
    joinedload(Invitation.ask).joinedload(Ask.asker, innerjoin=True),
    joinedload(Invitation.ask).joinedload(Ask.coach, innerjoin=True),
)
PAGE = 20


@dataclass(frozen=True)
class InvitationPage:
    """Some invitations, and where the next page begins (None: nowhere)."""

    invitations: Sequence[Invitation]
    after: uuid.UUID | None


def one(actor: User, invitation_id: uuid.UUID) -> Invitation:
    """One invitation of the coach `actor`; NotFound for anybody else."""
    own = select(Coach.id).where(Coach.user_id == actor.id)
    chosen = select(Invitation).options(*WHOLE)
    found = session().scalar(
        chosen.where(Invitation.id == invitation_id, Invitation.coach_id.in_(own)),
        execution_options={"populate_existing": True},
    )
    if found is None:
        raise NotFound
    return found


def of_link(invitation_id: uuid.UUID, signature: str) -> Invitation:
    """The invitation whose organiser's link this is, once they were written to; NotFound."""
    if not links.is_right(signature, invitation_id, key=config.current().secret_key):
        raise NotFound
    found = session().scalar(
        select(Invitation).options(*WHOLE).where(Invitation.id == invitation_id, Invitation.told_at.is_not(None)),
        execution_options={"populate_existing": True},
    )
    if found is None:
        raise NotFound
    return found


def found(invitation_id: uuid.UUID) -> Invitation:
    """An invitation with its coach and ask, for a command that locks it next; NotFound."""
    known = session().scalar(
        select(Invitation).options(*WHOLE).where(Invitation.id == invitation_id),
        execution_options={"populate_existing": True},
    )
    if known is None:
        raise NotFound
    return known


def live_quote(ask_id: uuid.UUID) -> Quote | None:
    """What can still be taken of an ask's quotes, with booking and payment; None."""
    return next((each for each in quotes.of_ask(ask_id) if each.status in quote_rules.LIVE), None)


def paid_session(ask_id: uuid.UUID) -> Booking | None:
    """The session that was paid for by a quote for an ask; None."""
    return next((each.booking for each in quotes.of_ask(ask_id) if each.status == quote_rules.PAID), None)


def is_free(invitation: Invitation) -> bool:
    """Whether the coach has nothing else at the time of the invitation, neither here nor by their calendars.

    A calendar's own copy of the meeting is known by its UID. What only says when it is busy has none and is no copy.
    """
    begins, ends = invitation.starts_at, invitation.starts_at + timedelta(minutes=invitation.minutes)
    if hold_queries.claimed(invitation.coach_id, Range(begins, ends)):
        return False
    return not calendars.is_busy_besides(invitation.coach_id, invitation.uid, begins, ends)


def to_settle() -> Sequence[uuid.UUID]:
    """Invitations that are quoted, and whose ask has ended."""
    chosen = select(Invitation.id).join(Ask, Ask.id == Invitation.ask_id)
    ended = Ask.status.in_(ask_states.STATES.final)
    return session().scalars(chosen.where(Invitation.status == states.QUOTED, ended).limit(200)).all()


def locked(invitation_id: uuid.UUID) -> Invitation:
    """An invitation as it is now, locked until the transaction ends; NotFound. Its coach is locked before it."""
    chosen = select(Invitation).options(*WHOLE).where(Invitation.id == invitation_id)
    found = session().scalar(chosen.with_for_update(of=Invitation), execution_options={"populate_existing": True})
    if found is None:
        raise NotFound
    return found


def standing(coach_id: uuid.UUID, uid: str, instance: datetime | None) -> Invitation | None:
    """What the coach has of that meeting and has not ended, as it is now; None."""
    return session().scalar(_standing(coach_id, uid, instance), execution_options={"populate_existing": True})


def standing_locked(coach_id: uuid.UUID, uid: str, instance: datetime | None) -> Invitation | None:
    """The same, locked until the transaction ends. Its coach is locked before it."""
    chosen = _standing(coach_id, uid, instance).with_for_update(of=Invitation)
    return session().scalar(chosen, execution_options={"populate_existing": True})


def _standing(coach_id: uuid.UUID, uid: str, instance: datetime | None) -> Select[Invitation]:
    return (
        select(Invitation)
        .options(*WHOLE)
        .where(
            Invitation.coach_id == coach_id,
            Invitation.uid == uid,
            Invitation.instance.is_not_distinct_from(instance),
            Invitation.status.in_(states.STANDING),
        )
    )


def newest_ended(coach_id: uuid.UUID, uid: str, instance: datetime | None) -> Invitation | None:
    """The last one of that meeting that has ended; None."""
    ended = (
        Invitation.coach_id == coach_id,
        Invitation.uid == uid,
        Invitation.instance.is_not_distinct_from(instance),
        Invitation.status.in_(states.STATES.final),
    )
    chosen = select(Invitation).options(*WHOLE).where(*ended)
    return session().scalar(chosen.order_by(Invitation.id.desc()).limit(1))


def page_for(
    actor: User, *, status: str | None = None, after: uuid.UUID | None = None, limit: int = PAGE
) -> InvitationPage:
    """The invitations of a coach, the newest first; of one state or of any. NotFound for who is no coach."""
    chosen = select(Invitation).options(*WHOLE).where(Invitation.coach_id == coaches.profile_of(actor).id)
    if status:
        chosen = chosen.where(Invitation.status == status)
    if after is not None:
        chosen = chosen.where(Invitation.id < after)
    found = session().scalars(chosen.order_by(Invitation.id.desc()).limit(limit + 1)).all()
    return InvitationPage(found[:limit], found[limit - 1].id if len(found) > limit else None)


def settings_of(coach_id: uuid.UUID) -> InvitationSettings:
    """How a coach prices invitations; the usual where nothing was said, in a row that is not kept."""
    found = session().get(InvitationSettings, coach_id, populate_existing=True)
    return found or InvitationSettings(coach_id=coach_id, preparation_minutes=0, group_percent=0)


def price_of(invitation: Invitation, *, kind: str | None = None) -> InvitationPrice | None:
    """What a meeting of the invitation costs by the coach's card now; None where the card is empty.

    `kind` is the kind of help that it is priced as; None is the first that the coach gives.
    """
    coach, settings = invitation.coach, settings_of(invitation.coach_id)
    charged = invitation.minutes + settings.preparation_minutes
    base_cents = asks.price_of(coach, charged, kind or usual_kind(coach))
    if base_cents is None:
        return None
    return prices.price(
        minutes=invitation.minutes,
        preparation_minutes=settings.preparation_minutes,
        attendees=invitation.attendees,
        base_cents=base_cents,
        group_percent=settings.group_percent,
        most_cents=currencies.LARGEST_CHARGE_CENTS,
    )


def usual_kind(coach: Coach) -> str:
    """What an invitation to this coach is about unless they say otherwise."""
    return next((kind for kind in coach.kinds if not unsold(kind)), coach.kinds[0])


def told_lately(coach_id: uuid.UUID) -> int:
    """How many organisers the coach has had written to of late."""
    chosen = select(func.count()).where(
        Invitation.coach_id == coach_id, Invitation.told_at > clock.now() - states.TOLD_WITHIN
    )
    return int(session().scalar(chosen) or 0)


def wants_none(email: str) -> bool:
    """Whether whoever has this address has said that they want no such mails."""
    return session().get(InvitationStop, email) is not None


def over() -> Sequence[uuid.UUID]:
    """Invitations that wait although their meeting has begun."""
    chosen = select(Invitation.id).where(Invitation.status == states.WAITING, Invitation.starts_at <= clock.now())
    return session().scalars(chosen.order_by(Invitation.starts_at).limit(200)).all()
