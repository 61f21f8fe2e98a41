"""Reading feedback: each side its own, coaches and admins what many said of an offering."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, not_, select
from sqlalchemy.orm import joinedload

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.accounts.queries import only_admins
from marketplace.bookings import queries as bookings
from marketplace.bookings.models import Booking
from marketplace.coaches.models import Coach, Offering
from marketplace.coaches.queries import profile_of
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.session_feedback import rules
from marketplace.session_feedback.models import SessionFeedback
from marketplace.session_feedback.rules import COACH, MENTEE, LabelTally


@dataclass(frozen=True)
class FeedbackAsked:
    """What is asked of one side of a session, and what it has said so far (None: nothing)."""

    booking: Booking
    side: str
    said: SessionFeedback | None

    @property
    def kind(self) -> str | None:
        """The kind that was said."""
        return self.said.kind if self.said is not None else None

    @property
    def dealt_with(self) -> bool | None:
        """Whether it dealt with what was asked."""
        return self.said.dealt_with if self.said is not None else None

    @property
    def is_open(self) -> bool:
        """May it be said, or changed, now?"""
        held = rules.took_place(self.booking.status, self.booking.outcome)
        return held and rules.is_open(self.booking.ended_at, now=clock.now())


@dataclass(frozen=True)
class Label:
    """An offering with what was said of its kind."""

    offering: Offering
    tally: LabelTally


def of_party(person: User, booking_id: uuid.UUID) -> FeedbackAsked:
    """What is asked of mentee or coach; NotFound for everybody else, admins too."""
    booking = bookings.of_party(person, booking_id)
    return _asked(booking, MENTEE if booking.mentee_id == person.id else COACH)


def of_link(booking_id: uuid.UUID, side: str, signature: str) -> FeedbackAsked:
    """What is asked of whoever has the link of a mail; NotFound."""
    if not rules.is_right(signature, booking_id, side, key=config.current().secret_key):
        raise NotFound
    booking = session().scalar(select(Booking).options(*bookings.WHOLE).where(Booking.id == booking_id))
    if booking is None:
        raise NotFound
    return _asked(booking, side)


def _asked(booking: Booking, side: str) -> FeedbackAsked:
    mine = SessionFeedback.booking_id == booking.id, SessionFeedback.side == side
    said = session().scalar(select(SessionFeedback).where(*mine), execution_options={"populate_existing": True})
    return FeedbackAsked(booking, side, said if said is not None and said.kind is not None else None)


def to_ask(limit: int) -> Sequence[uuid.UUID]:
    """Sessions that took place within the last days and of which not both were asked, or have said something."""
    both = select(func.count()).where(SessionFeedback.booking_id == Booking.id).scalar_subquery()
    chosen = select(Booking.id).where(
        Booking.released_at.is_(None),
        Booking.ends_at >= clock.now() - rules.ASKED_WITHIN,
        Booking.status == rules.COMPLETED,
        Booking.outcome == rules.TOOK_PLACE,
        both < len(rules.SIDES),
    )
    return session().scalars(chosen.order_by(Booking.ends_at, Booking.id).limit(limit)).all()


def labels_of(coach_user: User) -> list[Label]:
    """What was said of each published offering of a coach, for that coach; NotFound for who is none."""
    coach = profile_of(coach_user)
    chosen = select(Offering).where(Offering.coach_id == coach.id, Offering.active).order_by(Offering.id)
    offerings = session().scalars(chosen).all()
    tallies = _tallies(Offering.coach_id == coach.id)
    return [Label(each, tallies.get(each.id, LabelTally(each.kind, {}))) for each in offerings]


def wrong_labels(admin: User) -> list[Label]:
    """Published offerings whose label is wrong more often than right, with coach; NotFound for who is no admin.

    Those with the most that say so first.
    """
    only_admins(admin)
    wrong = {key: tally for key, tally in _tallies().items() if tally.is_wrong}
    with_coach = joinedload(Offering.coach, innerjoin=True).joinedload(Coach.user, innerjoin=True)
    chosen = select(Offering).options(with_coach).where(Offering.id.in_(wrong))
    found = [Label(offering, wrong[offering.id]) for offering in session().scalars(chosen)]
    return sorted(found, key=lambda each: (each.tally.right - each.tally.said, each.offering.id))


def _tallies(*conditions: ColumnElement[bool]) -> Mapping[uuid.UUID, LabelTally]:
    """By published offering, what was said of the sessions that were sold under its present label."""
    own_word = and_(SessionFeedback.side == COACH, SessionFeedback.kind == Offering.kind)
    chosen = (
        select(
            Offering.id,
            Offering.kind,
            SessionFeedback.kind,
            func.count().filter(not_(own_word)),
            func.count().filter(SessionFeedback.side == MENTEE, SessionFeedback.dealt_with.is_(True)),
            func.count().filter(SessionFeedback.side == MENTEE),
        )
        .join(Booking, and_(Booking.offering_id == Offering.id, Booking.kind == Offering.kind))
        .join(SessionFeedback, SessionFeedback.booking_id == Booking.id)
        .where(Offering.active, SessionFeedback.kind.is_not(None), *conditions)
        .group_by(Offering.id, Offering.kind, SessionFeedback.kind)
    )
    kinds: dict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    sums: dict[uuid.UUID, tuple[str, int, int]] = {}
    for offering_id, label, kind, said, dealt, judged in session().execute(chosen):
        if said and kind:
            kinds[offering_id][kind] = said
        _label, dealt_before, judged_before = sums.get(offering_id, (label, 0, 0))
        sums[offering_id] = label, dealt_before + dealt, judged_before + judged
    return {
        key: LabelTally(label, kinds[key], dealt=dealt, judged=judged) for key, (label, dealt, judged) in sums.items()
    }
