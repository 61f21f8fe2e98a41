"""Commands: how a coach has invitations priced."""

from marketplace.accounts.models import User
from marketplace.asks.invitations import queries
from marketplace.asks.invitations.models import InvitationSettings
from marketplace.asks.invitations.rules.prices import MOST_GROUP_PERCENT, MOST_PREPARATION
from marketplace.audit.service import record
from marketplace.coaches import queries as coaches
from marketplace.db import session, transactional
from marketplace.errors import Invalid
from marketplace.languages import gettext as _


@transactional
def choose(coach: User, *, preparation_minutes: int, group_percent: int) -> InvitationSettings:
    """Say how many minutes of preparation are charged, and by how many percent each further person adds to the price.

    Raises NotFound for who is no coach, Invalid naming each field.
    """
    profile = coaches.profile_of(coach)
    problems = {
        name: _("Write a number from 0 to %(most)s.", most=most)
        for name, given, most in (
            ("preparation_minutes", preparation_minutes, MOST_PREPARATION),
            ("group_percent", group_percent, MOST_GROUP_PERCENT),
        )
        if not 0 <= given <= most
    }
    if problems:
        raise Invalid(None, **problems)
    settings = session().merge(queries.settings_of(profile.id))
    settings.preparation_minutes, settings.group_percent = preparation_minutes, group_percent
    record(coach.id, "invitation_settings.changed", profile.id, preparation_minutes=preparation_minutes)
    return settings
