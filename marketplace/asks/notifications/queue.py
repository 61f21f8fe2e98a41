"""The mails about a place in a coach's queue, in the asker's language."""

from typing import Any

from marketplace import clock, config
from marketplace.asks.models import Ask
from marketplace.asks.notifications import mails
from marketplace.asks.queue.models import QueuePlace
from marketplace.languages import LazyText, speaking
from marketplace.money import spoken
from marketplace.notifications.service import notify


def tell_queued(place: QueuePlace, *, position: int) -> None:
    """Which place it is, and until when it is kept."""
    _tell(place, "ask_queued", position=position)


def tell_sent_from_queue(ask: Ask) -> None:
    """A place became free, and the ask was sent."""
    mails.tell_asker(ask, "ask_queue_sent")


def tell_place_over(place: QueuePlace, *, sentence: LazyText) -> None:
    """It was not sent, and why."""
    with speaking(place.asker.preferences):
        _tell(place, "ask_queue_over", sentence=str(sentence))


def _tell(place: QueuePlace, template: str, **more: Any) -> None:
    site, asker = config.current().public_url, place.asker
    facts = {
        "name": asker.name,
        "coach": place.coach.user.name,
        "about": place.brief.about,
        "price": spoken(place.price_cents, place.currency),
        "until": clock.spoken(place.lapses_at, asker.timezone),
        "place_url": f"{site}/asks/queue/{place.id}",
        "directory_url": f"{site}/coaches",
    }
    with speaking(asker.preferences):
        notify(asker.email, template=template, key=f"{template}:{place.id}", **facts | more)
