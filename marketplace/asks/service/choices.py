"""Commands: what a coach says about taking asks."""

from datetime import date

from marketplace.accounts.models import User
from marketplace.asks import queries
from marketplace.asks.models import AskSettings
from marketplace.asks.rules import states
from marketplace.asks.rules.brief import MOST_POINTS
from marketplace.asks.rules.capacity import MOST_OPEN, MOST_PER_WEEK
from marketplace.audit.service import record
from marketplace.coaches import queries as coaches
from marketplace.coaches.service.profiles import locked as locked_coach
from marketplace.db import session, transactional
from marketplace.errors import Invalid
from marketplace.languages import gettext as _


@transactional
def choose(
    coach: User,
    *,
    open_at_most: int,
    per_week: int,
    closed_until: date | None,
    least_points: int,
    sentences: dict[str, str],
    takes_referrals: bool = False,
) -> AskSettings:
    """Say how many asks may wait and come in a week, until when none come, how good they have to be, and how to say no.

    With `takes_referrals` other coaches who decline may name this one. A reason without a sentence has the usual one.
    Raises NotFound for who is no coach, Invalid naming each field.
    """
    profile = coaches.profile_of(coach)
    problems = {
        name: _("Write a number from 0 to %(most)s.", most=most)
        for name, given, most in (
            ("open_at_most", open_at_most, MOST_OPEN),
            ("per_week", per_week, MOST_PER_WEEK),
            ("least_points", least_points, MOST_POINTS),
        )
        if not 0 <= given <= most
    }
    kept = {reason: words.strip() for reason, words in sentences.items() if words.strip()}
    if set(kept) - set(states.DECLINES):
        problems["sentences"] = _("Choose one of the reasons.")
    if any(len(words) > states.LONGEST_SENTENCE for words in kept.values()):
        problems["sentences"] = _("Keep each sentence within %(most)s characters.", most=states.LONGEST_SENTENCE)
    if problems:
        raise Invalid(None, **problems)
    # Whoever is asking at this moment is counted by what was said before, or by this.
    locked_coach(profile.id)
    settings = session().merge(queries.settings_of(profile.id))
    settings.open_at_most, settings.per_week, settings.closed_until = open_at_most, per_week, closed_until
    settings.least_points, settings.sentences = least_points, kept
    settings.takes_referrals = takes_referrals
    facts = {"open_at_most": open_at_most, "per_week": per_week, "takes_referrals": takes_referrals}
    record(coach.id, "ask_settings.changed", profile.id, **facts)
    return settings
