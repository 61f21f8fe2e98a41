"""The mails about publishing an answer."""

from typing import Any

from marketplace import config
from marketplace.accounts.models import User
from marketplace.asks.models import Ask
from marketplace.asks.published_answers.models import PublishedAnswer
from marketplace.db import uuid7
from marketplace.languages import speaking
from marketplace.notifications.service import notify


def tell_allowed(ask: Ask) -> None:
    """The asker agrees: the coach may write the public text."""
    _tell(ask, ask.coach.user, "publication_allowed")


def tell_prepared(ask: Ask, found: PublishedAnswer) -> None:
    """Exactly what would be public, for the asker to release."""
    _tell(
        ask, ask.asker, "publication_prepared", title=found.title, question=found.question, public_answer=found.answer
    )


def tell_published(ask: Ask, found: PublishedAnswer) -> None:
    """It is public now."""
    address = f"{config.current().public_url}/@{ask.coach.handle}/answers/{found.id}"
    _tell(ask, ask.coach.user, "publication_released", title=found.title, public_url=address)


def tell_not_public(ask: Ask, *, by: User, was_public: bool) -> None:
    """The other of the two has withdrawn it."""
    if by.id == ask.asker_id:
        _tell(ask, ask.coach.user, "publication_withdrawn", was_public=was_public)
    else:
        _tell(ask, ask.asker, "publication_taken_down", was_public=was_public)


def _tell(ask: Ask, reader: User, template: str, **more: Any) -> None:
    # A text may be changed, released and withdrawn often; each time is told once, with the change itself.
    with speaking(reader.preferences):
        notify(
            reader.email,
            template=template,
            key=f"{template}:{ask.id}:{uuid7()}",
            name=reader.name,
            coach=ask.coach.user.name,
            asker=ask.asker.name,
            about=ask.about,
            publication_url=f"{config.current().public_url}/asks/{ask.id}/publication",
            **more,
        )
