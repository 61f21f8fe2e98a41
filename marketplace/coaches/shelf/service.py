"""Commands: what a coach puts on the shelf, changes, moves, and takes off."""

import uuid

from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.coaches.queries import profile_of
from marketplace.coaches.service.profiles import locked
from marketplace.coaches.shelf import queries, rules
from marketplace.coaches.shelf.models import ShelfItem
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Conflict, Invalid
from marketplace.languages import LANGUAGES
from marketplace.languages import gettext as _


class ShelfFull(Conflict):
    """The shelf is full: take something off first. What helps most is found among a few."""


@transactional
def add(user: User, *, kind: str, title: str, url: str, line: str, language: str) -> ShelfItem:
    """Put something at the end of the shelf. Raises NotFound for who is no coach, Invalid, ShelfFull."""
    coach = locked(profile_of(user).id)
    _check(kind=kind, title=title, url=url, line=line, language=language)
    shelf = queries.of_coach(coach.id)
    if len(shelf) >= rules.MOST_ITEMS:
        raise ShelfFull
    item = ShelfItem(
        id=uuid7(),
        coach_id=coach.id,
        kind=kind,
        title=title,
        url=url,
        line=line,
        language=language,
        position=shelf[-1].position + 1 if shelf else 0,
    )
    session().add(item)
    record(user.id, "shelf_item.added", item.id, title=title)
    return item


@transactional
def change(user: User, *, item_id: uuid.UUID, kind: str, title: str, url: str, line: str, language: str) -> ShelfItem:
    """Say it otherwise; its place and its count stay. Raises NotFound, Invalid."""
    coach = locked(profile_of(user).id)
    item = queries.own(coach, item_id)
    _check(kind=kind, title=title, url=url, line=line, language=language)
    item.kind, item.title, item.url, item.line, item.language = kind, title, url, line, language
    record(user.id, "shelf_item.changed", item.id, title=title)
    return item


@transactional
def move(user: User, *, item_id: uuid.UUID, position: int) -> list[ShelfItem]:
    """Put it at that place, 0 the first, a number too large the last; the shelf as it stands then. Raises NotFound."""
    coach = locked(profile_of(user).id)
    item = queries.own(coach, item_id)
    others = [each for each in queries.of_coach(coach.id) if each.id != item.id]
    place = max(0, min(position, len(others)))
    shelf = [*others[:place], item, *others[place:]]
    for number, each in enumerate(shelf):
        each.position = number
    record(user.id, "shelf_item.moved", item.id, position=place)
    return shelf


@transactional
def take_off(user: User, *, item_id: uuid.UUID) -> None:
    """Take it off the shelf. Raises NotFound."""
    coach = locked(profile_of(user).id)
    item = queries.own(coach, item_id)
    session().delete(item)
    record(user.id, "shelf_item.taken_off", item.id, title=item.title)


def _check(*, kind: str, title: str, url: str, line: str, language: str) -> None:
    problems = {}
    if kind not in rules.KINDS_OF_ITEM:
        problems["kind"] = _("Choose book, talk or post.")
    for name, words, least, most in (
        ("title", title, 1, rules.LONGEST_TITLE),
        ("line", line, 1, rules.LONGEST_LINE),
    ):
        if not least <= len(words.strip()) <= most:
            problems[name] = _("Write 1 to %(most)s characters.", most=most)
    if not rules.is_address(url) or len(url) > rules.LONGEST_URL:
        problems["url"] = _("Write the address of a page, like https://example.org/post.")
    if language not in LANGUAGES:
        problems["language"] = _("Choose a language from the list.")
    if problems:
        raise Invalid(None, **problems)
