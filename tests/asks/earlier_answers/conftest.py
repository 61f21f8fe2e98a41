"""A coach who has answered before: in public, and on the shelf."""

import pytest

from marketplace.asks.published_answers import service as published_answers
from marketplace.asks.service import answers
from marketplace.coaches.shelf import service as shelf
from tests.asks.conftest import BRIEF, asked
from tests.factories import a_person

PUBLIC = {
    "title": "Who of two gets the promotion?",
    "question": "Two of a team of four want the same promotion.",
    "answer": "Write down what each *did*, then **decide**.",
    "language": "en",
}
ON_SHELF = {
    "kind": "book",
    "title": "Promotions in small teams",
    "url": "https://example.org/promotions",
    "line": "For who decides about a promotion for the first time.",
    "language": "en",
}
TYPED = {name: str(said) for name, said in BRIEF.items() if said}
NIA = {"name": "Nia", "email": "nia@example.com", "timezone": "Europe/Berlin"}


def publish(ada, asker, **changes):
    """A public answer of Ada's to somebody's ask."""
    ask = asked(asker)
    answers.answer(ada.user, ask_id=ask.id, reply="Decide by what each did.", minutes=5)
    published_answers.allow(asker, ask_id=ask.id)
    written = published_answers.prepare(ada.user, ask_id=ask.id, **PUBLIC | changes)
    return published_answers.release(asker, ask_id=ask.id, version=written.version)


@pytest.fixture
def published(ada, offering):
    """A public answer to Noor."""
    return publish(ada, a_person("Noor"))


@pytest.fixture
def item(ada, offering):
    """A book on Ada's shelf."""
    return shelf.add(ada.user, **ON_SHELF)
