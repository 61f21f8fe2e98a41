"""Command: tell a coach once that sponsorship is not sold any more."""

import uuid

from marketplace import config
from marketplace.coaches import queries
from marketplace.coaches.service.profiles import expand, locked
from marketplace.db import transactional
from marketplace.languages import speaking
from marketplace.notifications import service as notifications


@transactional
def announce_end_of_sponsorship(coach_id: str) -> None:
    """Mail the titles that were withdrawn, once. The migration that withdrew them asks for it, and may ask twice."""
    coach = locked(uuid.UUID(coach_id))
    if coach.sponsorship_ended_at is None:
        return
    titles = [each.title for each in queries.offerings_of(coach.id, active_only=False) if each.kind == "sponsor"]
    expand(coach)
    with speaking(coach.user.preferences):
        notifications.notify(
            coach.user.email,
            template="sponsorship_ended",
            key=f"sponsorship-ended:{coach.id}",
            name=coach.user.name,
            titles=titles,
            offerings_url=f"{config.current().public_url}/dashboard/offerings",
            register_url=f"{config.current().public_url}/sponsorships",
        )
