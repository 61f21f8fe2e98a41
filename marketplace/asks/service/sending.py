"""Commands: send an ask as somebody with an account, and withdraw it."""

import uuid

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.asks import queries
from marketplace.asks.models import Ask
from marketplace.asks.notifications import mails
from marketplace.asks.quotes import rules as quote_rules
from marketplace.asks.quotes import service as quotes
from marketplace.asks.quotes.replacements.service import ending_quote
from marketplace.asks.rules import capacity as capacity_rules
from marketplace.asks.rules import states
from marketplace.asks.rules.brief import MOST_POINTS, Brief
from marketplace.asks.transitions import transition
from marketplace.audit.service import record
from marketplace.coaches import queries as coaches
from marketplace.coaches.models import Coach
from marketplace.coaches.service.profiles import locked as locked_coach
from marketplace.db import refusing, session, transactional, uuid7
from marketplace.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.languages import gettext as _


class AsksClosed(Conflict):
    """This coach takes no asks at the moment."""


class AsksFull(Conflict):
    """As many asks wait for this coach as they take at once. Take a place in the queue, or ask somebody else."""


class AsksOfWeekFull(Conflict):
    """This coach has taken as many asks as they take in a week. Take a place in the queue, or ask somebody else."""


class OthersWait(Conflict):
    """Others wait for a place with this coach. Take one in the queue, or ask somebody else."""


class AskWaitsAlready(Conflict):
    """An ask of yours waits for this coach already. Wait for the answer, or withdraw it first."""


class AskPriceChanged(Conflict):
    """The price has changed since it was shown to you. Look at it once more, then send."""


class OwnAsk(NotAllowed):
    """Nobody asks themselves."""


REFUSALS: dict[str, type[Conflict]] = {
    capacity_rules.CLOSED: AsksClosed,
    capacity_rules.FULL: AsksFull,
    capacity_rules.WEEK_FULL: AsksOfWeekFull,
    capacity_rules.QUEUE: OthersWait,
}


@transactional
def send(asker: User, *, handle: str, expected_price_cents: int | None = None, **fields: object) -> Ask:
    """Send an ask to a coach; `fields` are those of a `Brief`, the price is the card's at this moment.

    `expected_price_cents` is what was shown; None accepts the present price. Raises NotFound, OwnAsk, Invalid naming
    what the brief lacks where it has fewer points than the coach wants, AsksClosed, AsksFull, AsksOfWeekFull,
    OthersWait, AskWaitsAlready, AskPriceChanged.
    """
    brief = Brief(**fields)  # type: ignore[arg-type]  # the schema has checked them
    coach = coaches.by_handle(handle)
    if coach.user_id == asker.id:
        raise OwnAsk
    check(coach, brief, zone=asker.timezone)
    # Those who ask at once are counted one after the other.
    locked_coach(coach.id)
    refused = queries.refusal_of(coach)
    if refused is not None:
        raise REFUSALS[refused]
    price_cents = queries.price_of(coach, brief.minutes, brief.kind)
    if price_cents is None:
        raise AsksClosed
    if expected_price_cents not in {None, price_cents}:
        raise AskPriceChanged(price_cents=price_cents)
    ask = deliver(asker, coach, brief, price_cents=price_cents)
    mails.tell_sent(ask)
    return ask


@transactional
def deliver(asker: User, coach: Coach, brief: Brief, *, price_cents: int) -> Ask:
    """Put an ask before a coach whose row is locked and who has room, and tell them.

    Raises Invalid as `check` does, and AskWaitsAlready.
    """
    score = check(coach, brief, zone=asker.timezone)
    ask = Ask(
        id=uuid7(),
        coach_id=coach.id,
        coach=coach,
        asker_id=asker.id,
        asker=asker,
        status=states.OPEN,
        **vars(brief),
        points=score,
        price_cents=price_cents,
        currency=coach.currency,
        sent_at=clock.now(),
        answer_by=clock.now() + states.ANSWER_WITHIN,
    )
    with refusing("asks_one_open_idx", AskWaitsAlready):
        session().add(ask)
    record(asker.id, "ask.sent", ask.id, coach_id=str(coach.id), minutes=brief.minutes, price_cents=price_cents)
    mails.tell_coach(ask)
    return ask


def check(coach: Coach, brief: Brief, *, zone: str) -> int:
    """The points of a brief; raises Invalid, naming by field what it lacks, where the coach wants more."""
    if brief.kind not in coach.kinds:
        raise Invalid(kind=_("Choose a kind of help that this coach gives."))
    score, least = queries.score_for(coach, brief, zone=zone), queries.settings_of(coach.id).least_points
    if score.earned < least:
        raise Invalid(
            _(
                "This ask has %(points)s of %(most)s points, and this coach answers those with %(least)s or more.",
                points=score.earned,
                most=MOST_POINTS,
                least=least,
            ),
            **score.missing(),
        )
    return score.earned


def withdraw(asker: User, *, ask_id: uuid.UUID) -> Ask:
    """Take an ask back while it waits; harmless where it has ended.

    Raises NotFound for anybody but whoever asked, QuoteBeingPaid while a time is held for its quote.
    """
    return ending_quote(asker, ask_id, lambda: _withdraw(asker, ask_id=ask_id))


@transactional
def _withdraw(asker: User, *, ask_id: uuid.UUID) -> Ask:
    if queries.one(asker, ask_id).asker_id != asker.id:
        raise NotFound
    ask = queries.locked(ask_id)
    if ask.status in states.WAITING:
        quotes.close_live(ask, quote_rules.WITHDRAWN, by=asker)
        transition(ask, states.WITHDRAWN, by=asker.id)
        mails.tell_withdrawn(ask)
    return ask
