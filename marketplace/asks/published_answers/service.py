"""Commands: allow, write, release and withdraw a published answer."""

import uuid

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.asks import queries as asks
from marketplace.asks.models import Ask
from marketplace.asks.notifications import publications
from marketplace.asks.published_answers import queries, rules
from marketplace.asks.published_answers.models import PublishedAnswer
from marketplace.asks.published_answers.transitions import transition_answer
from marketplace.asks.rules.states import ANSWERED
from marketplace.audit.service import record
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.languages import LANGUAGES
from marketplace.languages import gettext as _


class NotAnsweredYet(Conflict):
    """Only what was answered can be published."""


class NotAllowedByAsker(Conflict):
    """Whoever asked has not agreed that this is published, or does not any more."""


class PublicTextChanged(Conflict):
    """The text has changed since it was shown to you. Read it once more; nothing was released."""


@transactional
def allow(asker: User, *, ask_id: uuid.UUID) -> PublishedAnswer:
    """Agree that the coach writes a public text of one's answered ask; nothing is public by that. Harmless twice.

    Raises NotFound for anybody but whoever asked, NotAnsweredYet.
    """
    ask = _of_asker(asker, ask_id)
    if ask.status != ANSWERED:
        raise NotAnsweredYet
    found = queries.locked_of(ask.id)
    if found is None:
        found = PublishedAnswer(
            id=uuid7(), ask_id=ask.id, ask=ask, coach_id=ask.coach_id, language=asker.preferences.language
        )
        session().add(found)
        record(asker.id, "published_answer.allowed", found.id, ask_id=str(ask.id))
    elif found.status == rules.WITHDRAWN:
        transition_answer(found, rules.ALLOWED, by=asker.id)
        found.allowed_at = clock.now()
    else:
        return found
    publications.tell_allowed(ask)
    return found


@transactional
def prepare(
    coach: User, *, ask_id: uuid.UUID, title: str, question: str, answer: str, language: str
) -> PublishedAnswer:
    """Write what would be public; the asker is shown exactly that. What was public is so no more until it is released.

    Raises NotFound for anybody but the ask's coach, NotAllowedByAsker, Invalid naming each field.
    """
    ask = _of_coach(coach, ask_id)
    found = queries.locked_of(ask.id)
    if found is None or found.status == rules.WITHDRAWN:
        raise NotAllowedByAsker
    _check(ask, title=title, question=question, answer=answer, language=language)
    same = (found.title, found.question, found.answer, found.language) == (title, question, answer, language)
    if same and found.status in rules.WRITTEN:
        return found
    found.title, found.question, found.answer, found.language = title, question, answer, language
    if found.status == rules.PREPARED:
        record(coach.id, "published_answer.changed", found.id)
    else:
        found.published_at = None
        transition_answer(found, rules.PREPARED, by=coach.id)
    publications.tell_prepared(ask, found)
    return found


def _check(ask: Ask, *, title: str, question: str, answer: str, language: str) -> None:
    problems = {}
    limits = (
        ("title", title, rules.LONGEST_TITLE),
        ("question", question, rules.LONGEST_QUESTION),
        ("answer", answer, rules.LONGEST_ANSWER),
    )
    for name, words, most in limits:
        if not words.strip() or len(words) > most:
            problems[name] = _("Write 1 to %(most)s characters.", most=most)
        elif rules.names_somebody(words, name=ask.asker.name, email=ask.asker.email):
            problems[name] = _("Take out the name and the address of whoever asked.")
    if language not in LANGUAGES:
        problems["language"] = _("Choose a language from the list.")
    if problems:
        raise Invalid(None, **problems)


@transactional
def release(asker: User, *, ask_id: uuid.UUID, version: str) -> PublishedAnswer:
    """Make public exactly the text of this `version` (`rules.version`). Harmless twice.

    Raises NotFound for anybody but whoever asked, NotAllowedByAsker, PublicTextChanged.
    """
    ask = _of_asker(asker, ask_id)
    found = queries.locked_of(ask.id)
    if found is None or found.status not in rules.WRITTEN:
        raise NotAllowedByAsker
    if version != found.version:
        raise PublicTextChanged
    if found.status == rules.PREPARED:
        found.released = rules.released_text(found.title, found.question, found.answer)
        found.published_at = clock.now()
        transition_answer(found, rules.PUBLISHED, by=asker.id, version=version)
        publications.tell_published(ask, found)
    return found


@transactional
def withdraw(person: User, *, ask_id: uuid.UUID) -> PublishedAnswer:
    """Publish it no more, as its asker or its coach; only the asker can allow it anew. Harmless twice.

    Raises NotFound for anybody else, and where nothing was ever allowed.
    """
    asks.one(person, ask_id)
    ask = asks.locked(ask_id)
    found = queries.locked_of(ask.id)
    if found is None:
        raise NotFound
    if found.status != rules.WITHDRAWN:
        was_public = found.status == rules.PUBLISHED
        found.published_at = found.released = None
        transition_answer(found, rules.WITHDRAWN, by=person.id)
        publications.tell_not_public(ask, by=person, was_public=was_public)
    return found


def _of_asker(asker: User, ask_id: uuid.UUID) -> Ask:
    if asks.one(asker, ask_id).asker_id != asker.id:
        raise NotFound
    return asks.locked(ask_id)


def _of_coach(coach: User, ask_id: uuid.UUID) -> Ask:
    if asks.one(coach, ask_id).coach.user_id != coach.id:
        raise NotFound
    return asks.locked(ask_id)
