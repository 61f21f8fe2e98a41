"""Counting searches that found nobody, without anything of who searched."""

import hashlib
import hmac
from datetime import timedelta

from sqlalchemy import delete, text

from marketplace import clock, config, languages, rate_limits
from marketplace.asks.demand.models import SearchMiss
from marketplace.asks.demand.rules import KEPT_DAYS, MOST_OF_A_DAY, counted_topic
from marketplace.coaches.spoken_languages.rules import language_code
from marketplace.db import session, transactional

A_DAY_SECONDS = 24 * 3600
_COUNT = text(
    "insert into search_misses (day, topic, language, searches) "
    "select :day, :topic, :language, 1 where (select count(*) from search_misses where day = :day) < :most "
    "or exists (select from search_misses where day = :day and topic = :topic and language = :language) "
    "on conflict (day, topic, language) do update set searches = search_misses.searches + 1"
)


def note_search_without_hit(words: str, *, language: str | None, visitor: str) -> None:
    """Count what somebody looked for and did not find, once a day for one visitor (an address) and topic.

    In the language that was looked for, else in the reader's. Of the visitor only a keyed digest stands among the
    counts of calls, until the day is over.
    """
    topic = counted_topic(words)
    if topic is None:
        return
    known = language_code(language or "") or languages.current().content_language.partition("-")[0]
    said = f"{visitor} {known} {topic}".encode()
    digest = hmac.new(config.current().secret_key.encode(), said, hashlib.sha256).hexdigest()
    if rate_limits.count(f"missed:{digest}", seconds=A_DAY_SECONDS) == 1:
        _count(topic, known)


@transactional
def _count(topic: str, language: str) -> None:
    day = clock.now().date()
    session().execute(_COUNT, {"day": day, "topic": topic, "language": language, "most": MOST_OF_A_DAY})


@transactional
def forget_old_search_misses() -> None:
    """Delete what is older than anybody looks back."""
    session().execute(delete(SearchMiss).where(SearchMiss.day < clock.now().date() - timedelta(days=KEPT_DAYS)))
