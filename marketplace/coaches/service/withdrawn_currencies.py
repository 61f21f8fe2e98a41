"""Commands: follow the settings where they offer a coach's currency no more, or again."""

import uuid

from marketplace import clock, config
from marketplace.coaches import queries
from marketplace.coaches.service.profiles import locked
from marketplace.db import transactional
from marketplace.languages import speaking
from marketplace.notifications import service as notifications


def follow_currencies() -> None:
    """Take what is priced in a currency that is not offered out of searches, or back into them; tell its coach."""
    for coach_id in queries.coaches_to_follow_currencies():
        _follow(coach_id)


@transactional
def _follow(coach_id: uuid.UUID) -> None:
    coach = locked(coach_id)
    settings, before = config.current(), coach.currency_withdrawn_at
    coach.currency_withdrawn_at = None if coach.currency in settings.offered_currencies() else clock.now()
    since = coach.currency_withdrawn_at or before
    if since is None or not queries.offerings_of(coach.id):
        return
    withdrawn = coach.currency_withdrawn_at is not None
    with speaking(coach.user.preferences):
        notifications.notify(
            coach.user.email,
            template="currency_withdrawn",
            key=f"currency:{coach.id}:{withdrawn}:{since.isoformat()}",
            name=coach.user.name,
            withdrawn=withdrawn,
            currency=coach.currency.upper(),
            offered=", ".join(each.upper() for each in settings.offered_currencies()),
            desk_url=f"{settings.public_url}/dashboard/offerings",
            profile_url=f"{settings.public_url}/dashboard/profile",
        )
