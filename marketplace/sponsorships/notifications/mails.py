"""The mails about acts of sponsorship, each in the language of its reader."""

from marketplace import config
from marketplace.accounts.models import User
from marketplace.languages import Preferences, speaking
from marketplace.notifications.service import notify
from marketplace.sponsorships.models import Sponsorship
from marketplace.sponsorships.rules import ACTS, CONFIRMED


def tell_person(sponsorship: Sponsorship, person: User | None) -> None:
    """Somebody says that they did this for whom the address belongs to.

    Without an account nobody reads the sponsor's sentence: their first mail of ours has no words of a stranger's.
    """
    site = config.current().public_url
    with speaking(person.preferences if person else Preferences(config.current().default_locale)):
        notify(
            person.email if person else sponsorship.email,
            template="sponsorship_recorded",
            key=f"sponsorship:{sponsorship.id}",
            name=person.name if person else "",
            sponsor=sponsorship.coach.user.name,
            act=str(ACTS[sponsorship.act]),
            what=sponsorship.what if person else "",
            register_url=f"{site}/sponsorships",
            sign_up_url=f"{site}/register",
        )


def tell_sponsor(sponsorship: Sponsorship) -> None:
    """Whom it was for has confirmed it, or not."""
    sponsor = sponsorship.coach.user
    with speaking(sponsor.preferences):
        notify(
            sponsor.email,
            template="sponsorship_answered",
            key=f"sponsorship-{sponsorship.status}:{sponsorship.id}",
            name=sponsor.name,
            person=sponsorship.confirmed_by or sponsorship.email,
            act=str(ACTS[sponsorship.act]),
            what=sponsorship.what,
            confirmed=sponsorship.status == CONFIRMED,
            register_url=f"{config.current().public_url}/sponsorships",
        )
