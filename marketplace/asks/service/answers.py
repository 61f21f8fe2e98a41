"""Commands of a coach: answer an ask in words or by a link, or say no."""

import uuid

from marketplace.accounts.models import User
from marketplace.asks import queries
from marketplace.asks.models import Ask
from marketplace.asks.notifications import mails
from marketplace.asks.quotes import rules as quote_rules
from marketplace.asks.quotes import service as quotes
from marketplace.asks.quotes.replacements.service import ending_quote
from marketplace.asks.referrals import queries as referrals
from marketplace.asks.rules import states
from marketplace.asks.transitions import transition
from marketplace.coaches.models import Coach
from marketplace.db import transactional
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.languages import gettext as _


class AskEnded(Conflict):
    """This ask has ended already: it was answered, declined or withdrawn, or it has lapsed."""


def answer(coach: User, *, ask_id: uuid.UUID, reply: str, minutes: int) -> Ask:
    """Answer in words or by a link; `minutes` is the time that it took, unpaid, 0 where it took none.

    Raises NotFound for whoever is not the ask's coach, Invalid, AskEnded, QuoteBeingPaid.
    """
    return ending_quote(coach, ask_id, lambda: _answer(coach, ask_id=ask_id, reply=reply, minutes=minutes))


@transactional
def _answer(coach: User, *, ask_id: uuid.UUID, reply: str, minutes: int) -> Ask:
    if not 0 <= minutes <= states.MOST_MINUTES_LOGGED:
        raise Invalid(minutes=_("Write a number of minutes from 0 to %(most)s.", most=states.MOST_MINUTES_LOGGED))
    ask = _of_coach(coach, ask_id)
    words = _words(reply, states.LONGEST_ANSWER)
    quotes.close_live(ask, quote_rules.WITHDRAWN, by=coach)
    transition(ask, states.ANSWERED, by=coach.id, minutes=minutes)
    ask.reply, ask.answer_minutes = words, minutes
    mails.tell_answered(ask)
    return ask


def decline(coach: User, *, ask_id: uuid.UUID, reason: str, reply: str, refer_to: str | None = None) -> Ask:
    """Say no, for one of the reasons of `rules.states.DECLINES` and in a sentence that the asker reads.

    Without a `reply` it is the coach's own sentence for that reason, or the usual one. `refer_to` is the handle of
    another coach who agreed to be named: they are told by whom, and nothing of the ask.

    Raises NotFound for whoever is not the ask's coach, Invalid, AskEnded, QuoteBeingPaid.
    """

    def command() -> Ask:
        return _decline(coach, ask_id=ask_id, reason=reason, reply=reply, refer_to=refer_to)

    return ending_quote(coach, ask_id, command)


@transactional
def _decline(coach: User, *, ask_id: uuid.UUID, reason: str, reply: str, refer_to: str | None) -> Ask:
    if reason not in states.DECLINES:
        raise Invalid(reason=_("Choose one of the reasons."))
    ask = _of_coach(coach, ask_id)
    named = _named(ask, refer_to) if refer_to else None
    words = _words(reply or queries.sentence_for(ask.coach_id, reason), states.LONGEST_SENTENCE)
    quotes.close_live(ask, quote_rules.WITHDRAWN, by=coach)
    referral = {"referred_to": str(named.id)} if named else {}
    transition(ask, states.DECLINED, by=coach.id, reason=reason, **referral)
    ask.reply, ask.decline_reason = words, reason
    if named is not None:
        ask.referred_to_id, ask.referred_to = named.id, named
        mails.tell_referred(ask, named)
    mails.tell_declined(ask)
    return ask


def _named(ask: Ask, handle: str) -> Coach:
    """The coach to name; one sentence whatever the reason against it, so that nothing is learnt of the others."""
    named = referrals.may_be_named(ask, handle)
    if named is None:
        raise Invalid(refer_to=_("Choose a coach who agreed to be named for asks like this."))
    return named


def _words(reply: str, longest: int) -> str:
    words = reply.strip()
    if not 1 <= len(words) <= longest:
        raise Invalid(reply=_("Write 1 to %(most)s characters.", most=longest))
    return words


def _of_coach(coach: User, ask_id: uuid.UUID) -> Ask:
    if queries.one(coach, ask_id).coach.user_id != coach.id:
        raise NotFound
    ask = queries.locked(ask_id)
    if ask.status in states.STATES.final:
        raise AskEnded
    return ask
