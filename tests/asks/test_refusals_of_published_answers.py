"""What is refused of public answers and of the shelf, and what is done twice, changes nothing."""

import uuid

import pytest

from marketplace.asks.published_answers import queries, rules, service
from marketplace.coaches.shelf import queries as shelves
from marketplace.coaches.shelf import service as shelf
from marketplace.errors import Invalid, NotFound
from tests.asks.test_published_answers import answered, published  # noqa: F401  fixtures
from tests.permissions.world import ON_SHELF, PUBLIC


@pytest.fixture
def prepared(answered, ada, mia):  # noqa: F811
    """Mia allowed it, and Ada has written what would be public."""
    service.allow(mia, ask_id=answered.id)
    return service.prepare(ada.user, ask_id=answered.id, **PUBLIC)


def test_allowing_preparing_and_releasing_twice_is_once(prepared, ada, mia):
    assert service.allow(mia, ask_id=prepared.ask_id).status == rules.PREPARED
    assert service.prepare(ada.user, ask_id=prepared.ask_id, **PUBLIC).status == rules.PREPARED
    first = service.release(mia, ask_id=prepared.ask_id, version=prepared.version)
    again = service.release(mia, ask_id=prepared.ask_id, version=prepared.version)
    assert (first.published_at, again.status) == (again.published_at, rules.PUBLISHED)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"question": "x" * (rules.LONGEST_QUESTION + 1)}, "question"),
        ({"answer": "Mia asked."}, "answer"),
        ({"language": "tlh"}, "language"),
    ],
)
def test_each_fault_of_a_text_is_named(prepared, ada, changes, field):
    with pytest.raises(Invalid) as refused:
        service.prepare(ada.user, ask_id=prepared.ask_id, **PUBLIC | changes)
    assert set(refused.value.fields) == {field}


def test_what_was_withdrawn_is_not_written_nor_released_and_withdrawn_once(published, ada, mia):  # noqa: F811
    for person in (ada.user, mia):
        assert service.withdraw(person, ask_id=published.ask_id).status == rules.WITHDRAWN
    with pytest.raises(service.NotAllowedByAsker):
        service.prepare(ada.user, ask_id=published.ask_id, **PUBLIC)
    with pytest.raises(service.NotAllowedByAsker):
        service.release(mia, ask_id=published.ask_id, version=published.version)


def test_nothing_that_was_never_allowed_is_withdrawn(answered, ada):  # noqa: F811
    with pytest.raises(NotFound):
        service.withdraw(ada.user, ask_id=answered.id)
    assert queries.of_coach(ada).answers == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "song"}, "kind"),
        ({"title": ""}, "title"),
        ({"line": "x" * 1000}, "line"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"language": "tlh"}, "language"),
    ],
)
def test_each_fault_of_an_item_of_the_shelf_is_named(ada, changes, field):
    item = shelf.add(ada.user, **ON_SHELF)
    for refused in (
        lambda: shelf.add(ada.user, **ON_SHELF | changes),
        lambda: shelf.change(ada.user, item_id=item.id, **ON_SHELF | changes),
    ):
        with pytest.raises(Invalid) as fault:
            refused()
        assert set(fault.value.fields) == {field}


def test_an_item_is_said_otherwise_in_its_place_and_is_its_coachs_alone(ada):
    first, second = (shelf.add(ada.user, **ON_SHELF | {"title": title}) for title in ("One", "Two"))
    changed = shelf.change(ada.user, item_id=first.id, **ON_SHELF | {"title": "Uno"})
    assert [each.title for each in shelves.of_coach(ada.id)] == ["Uno", "Two"]
    assert (changed.position, second.position) == (0, 1)
    for refused in (
        lambda: shelf.take_off(ada.user, item_id=uuid.uuid4()),
        lambda: shelf.move(ada.user, item_id=uuid.uuid4(), position=0),
    ):
        with pytest.raises(NotFound):
            refused()


def test_a_shelf_holds_so_many(ada, monkeypatch):
    monkeypatch.setattr(shelf.rules, "MOST_ITEMS", 1)
    shelf.add(ada.user, **ON_SHELF)
    with pytest.raises(shelf.ShelfFull):
        shelf.add(ada.user, **ON_SHELF)
