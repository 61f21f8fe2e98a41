"""Reading asks: whoever asked and the coach see one, nobody else."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import joinedload

from marketplace import clock, config, currencies
from marketplace.accounts.models import User
from marketplace.asks.earlier_answers import queries as earlier_answers
from marketplace.asks.earlier_answers.queries import EarlierAnswer
from marketplace.asks.models import Ask, AskDraft, AskSettings
from marketplace.asks.queue.queries import count_waiting
from marketplace.asks.rules import capacity as capacity_rules
from marketplace.asks.rules import lane
from marketplace.asks.rules.brief import USUAL_LEAST_POINTS, Brief, Score, score
from marketplace.asks.rules.pricing import Rate, nearest, price_cents
from marketplace.asks.rules.states import ASKED, DECLINES, OPEN, WAITING
from marketplace.coaches.models import Coach, Offering
from marketplace.coaches.queries import bookable_offerings_of
from marketplace.coaches.rules import price_floor_cents
from marketplace.db import session
from marketplace.errors import NotFound

WHOLE = (joinedload(Ask.coach, innerjoin=True), joinedload(Ask.asker, innerjoin=True))
PAGE = 20


@dataclass(frozen=True)
class AskPage:
    """Some asks, and where the next page begins (None: nowhere)."""

    asks: Sequence[Ask]
    after: uuid.UUID | None


def visible_to(actor: User) -> Select[Ask]:
    """The asks that exist for `actor`: their own, and as a coach those that were sent to them."""
    own_coach = select(Coach.id).where(Coach.user_id == actor.id)
    return select(Ask).options(*WHOLE).where(or_(Ask.asker_id == actor.id, Ask.coach_id.in_(own_coach)))


def one(actor: User, ask_id: uuid.UUID) -> Ask:
    """One ask that `actor` may see, with coach and asker; NotFound."""
    found = session().scalar(visible_to(actor).where(Ask.id == ask_id), execution_options={"populate_existing": True})
    if found is None:
        raise NotFound
    return found


def locked(ask_id: uuid.UUID) -> Ask:
    """An ask with coach and asker as it is now, locked until the transaction ends; NotFound."""
    chosen = select(Ask).options(*WHOLE).where(Ask.id == ask_id).with_for_update(of=Ask)
    found = session().scalar(chosen, execution_options={"populate_existing": True})
    if found is None:
        raise NotFound
    return found


def page_for(
    actor: User, *, as_coach: bool, status: str | None = None, after: uuid.UUID | None = None, limit: int = PAGE
) -> AskPage:
    """What one asked or, as a coach, was asked, the newest first; of one state or of any."""
    if as_coach:
        coach_id = session().scalar(select(Coach.id).where(Coach.user_id == actor.id))
        chosen = select(Ask).where(Ask.coach_id == coach_id)
    else:
        chosen = select(Ask).where(Ask.asker_id == actor.id)
    if status:
        chosen = chosen.where(Ask.status == status)
    if after is not None:
        chosen = chosen.where(Ask.id < after)
    found = session().scalars(chosen.options(*WHOLE).order_by(Ask.id.desc()).limit(limit + 1)).all()
    return AskPage(found[:limit], found[limit - 1].id if len(found) > limit else None)


def waiting(coach_id: uuid.UUID, limit: int = 5) -> Sequence[Ask]:
    """The asks that wait for this coach, the first to lapse first."""
    chosen = select(Ask).options(*WHOLE).where(Ask.coach_id == coach_id, Ask.status == OPEN)
    return session().scalars(chosen.order_by(Ask.answer_by, Ask.id).limit(limit)).all()


def in_five_minutes(coach_id: uuid.UUID, limit: int = 5) -> Sequence[Ask]:
    """The asks in the five-minute lane of a coach (`rules.lane`), the first to lapse first."""
    short = Ask.words_enough, Ask.minutes <= lane.MOST_MINUTES
    chosen = select(Ask).options(*WHOLE).where(Ask.coach_id == coach_id, Ask.status == OPEN, *short)
    return session().scalars(chosen.order_by(Ask.answer_by, Ask.id).limit(limit)).all()


def count_open(coach_id: uuid.UUID) -> int:
    """How many asks wait for this coach's answer."""
    chosen = select(func.count()).where(Ask.coach_id == coach_id, Ask.status == OPEN)
    return int(session().scalar(chosen) or 0)


def settings_of(coach_id: uuid.UUID) -> AskSettings:
    """What a coach says about taking asks; the usual where nothing was said, in a row that is not kept."""
    found = session().get(AskSettings, coach_id, populate_existing=True)
    if found is not None:
        return found
    usual = capacity_rules.Capacity()
    return AskSettings(
        coach_id=coach_id,
        open_at_most=usual.open_at_most,
        per_week=usual.per_week,
        closed_until=usual.closed_until,
        least_points=USUAL_LEAST_POINTS,
        sentences={},
        takes_referrals=False,
    )


def sentence_for(coach_id: uuid.UUID, reason: str) -> str:
    """How a coach says no for that reason: in their own sentence, else in the usual one."""
    return settings_of(coach_id).sentences.get(reason) or str(DECLINES[reason])


def has_waiting(asker_id: uuid.UUID, coach_id: uuid.UUID) -> bool:
    """Does an ask that this person wrote to the coach wait still?"""
    theirs = Ask.asker_id == asker_id, Ask.coach_id == coach_id, Ask.origin == ASKED, Ask.status.in_(WAITING)
    return bool(session().scalar(select(exists().where(*theirs))))


def refusal_of(coach: Coach, *, from_queue: bool = False) -> str | None:
    """Why the coach takes no further ask now, one of the words of `rules.capacity`; None where one is taken.

    Whoever is the next `from_queue` does not wait for those behind.
    """
    in_week = Ask.coach_id == coach.id, Ask.origin == ASKED, Ask.sent_at > clock.now() - capacity_rules.WEEK
    return settings_of(coach.id).capacity.refusal(
        open_now=count_open(coach.id),
        in_week=int(session().scalar(select(func.count()).where(*in_week)) or 0),
        today=clock.today(coach.timezone),
        in_queue=0 if from_queue else count_waiting(coach.id),
    )


def _fitting(coach: Coach, kind: str) -> Sequence[Offering]:
    """What the card has for that kind of help, or else the whole card."""
    offerings = bookable_offerings_of(coach.id)
    return [each for each in offerings if each.kind == kind] or offerings


def offering_for(coach: Coach, minutes: int, kind: str) -> Offering | None:
    """What of the card a session of so many minutes follows in buffers, notice and policy; None where nothing is."""
    found = {Rate(each.minutes, each.price_cents): each for each in _fitting(coach, kind)}
    return found[nearest(minutes, card=list(found))] if found else None


def price_of(coach: Coach, minutes: int, kind: str) -> int | None:
    """What so many minutes cost now, in cents of the coach's currency; None where nothing can be booked.

    By what the card has for that kind of help, or else by the whole card.
    """
    fitting = _fitting(coach, kind)
    if not fitting:
        return None
    return price_cents(
        minutes,
        card=[Rate(each.minutes, each.price_cents) for each in fitting],
        floor_cents=price_floor_cents(minutes, coach.currency, config.current()),
        most_cents=currencies.LARGEST_CHARGE_CENTS,
    )


def score_for(coach: Coach, brief: Brief, *, zone: str) -> Score:
    """The points of a brief that is meant for this coach, on the asker's date."""
    words = [*coach.topics, coach.headline, coach.about]
    return score(brief, coach_words=words, today=clock.today(zone))


@dataclass(frozen=True)
class AskPreview:
    """What an ask would cost, its points, and why the coach takes none now (None: one is taken).

    `in_queue` wait for a place already; without `has_queue` there is none to be waited for.
    """

    price_cents: int
    currency: str
    score: Score
    least_points: int
    refused: str | None
    in_queue: int
    has_queue: bool
    earlier_answers: Sequence[EarlierAnswer] = ()

    @property
    def price(self) -> dict[str, int | str]:
        """The price as an amount with its currency."""
        return {"amount": self.price_cents, "currency": self.currency}

    @property
    def points(self) -> int:
        """How many points are earned."""
        return self.score.earned

    @property
    def missing(self) -> dict[str, list[str]]:
        """By field, how to earn the others."""
        return self.score.missing()


def preview(coach: Coach, brief: Brief, *, zone: str, language: str | None = None) -> AskPreview | None:
    """What an ask to this coach would come to now; None where the coach has nothing to be priced by.

    With a `language`, the one in which it is asked, it has what the coach answered of this before.
    """
    price_cents_now = price_of(coach, brief.minutes, brief.kind)
    if price_cents_now is None:
        return None
    settings = settings_of(coach.id)
    return AskPreview(
        price_cents_now,
        coach.currency,
        score_for(coach, brief, zone=zone),
        settings.least_points,
        refusal_of(coach),
        count_waiting(coach.id),
        settings.capacity.ever_takes,
        earlier_answers.found(coach, brief.about, language=language) if language else (),
    )


def draft(draft_id: uuid.UUID) -> AskDraft:
    """What a stranger wrote, with its coach; NotFound once it was sent or forgotten."""
    chosen = select(AskDraft).options(joinedload(AskDraft.coach, innerjoin=True))
    waits = AskDraft.ask_id.is_(None), AskDraft.place_id.is_(None)
    found = session().scalar(chosen.where(AskDraft.id == draft_id, *waits))
    if found is None:
        raise NotFound
    return found
