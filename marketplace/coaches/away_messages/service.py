"""Commands: a coach's away message, which mentees read before they book or wait."""

from datetime import date

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.audit import service as audit
from marketplace.coaches import queries
from marketplace.coaches.models import Coach
from marketplace.coaches.service.profiles import locked
from marketplace.db import transactional
from marketplace.errors import Invalid
from marketplace.languages import gettext as _


@transactional
def set_away_message(user: User, *, message: str, until: date | None = None) -> Coach:
    """Show these words up to and including that date, or until they are removed. Raises Invalid."""
    coach = locked(queries.profile_of(user).id)
    if until is not None and until < clock.today(coach.timezone):
        raise Invalid(until=_("This date is over. Choose today or a later one."))
    coach.away_message, coach.away_until = message, until
    audit.record(user.id, "coach.away_set", coach.id, until=until.isoformat() if until else None)
    return coach


@transactional
def remove_away_message(user: User) -> None:
    """Show none any more; a second time changes nothing."""
    coach = locked(queries.profile_of(user).id)
    if coach.away_message is not None:
        coach.away_message = coach.away_until = None
        audit.record(user.id, "coach.away_removed", coach.id)
