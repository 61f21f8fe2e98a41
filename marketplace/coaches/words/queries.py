"""Which coaches have the words that were typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, cast, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import REGCONFIG

from marketplace.coaches import rules
from marketplace.coaches.models import Coach, DirectoryTerm
from marketplace.coaches.words.rules import configuration, synonyms, telling_words
from marketplace.db import begin_transaction, session

# How words are looked for: not in profile after profile, nor by one plan for those that many have and those that few
# have; one may be another misspelt where so large a part of their trigrams is common.
SET_UP = {"enable_seqscan": "off", "plan_cache_mode": "force_custom_plan", "pg_trgm.similarity_threshold": "0.3"}
# Shorter words are looked for as they are: nearly every profile has a word that begins with a given letter.
SHORTEST_BEGINNING, SHORTEST_MISSPELT, MOST_SPELLINGS = 3, 4, 10
# Words that so many profiles have are common: whoever is looked at is asked for them.
COMMON = 3000


@dataclass(frozen=True)
class SearchedWords:
    """What was typed as a tsquery, and whether so many profiles have its words that it leaves hardly anybody out."""

    query: str
    are_common: bool = False


def searched_words(text: str) -> SearchedWords:
    """What was typed; all of it is said of whom it finds.

    A word may be the beginning of one, or another name of the same subject. One that no profile has is taken for
    misspelt: then it may be any word of a name or a topic that is spelt nearly so. Short words are looked for as they
    are. Sets the transaction up for statements that look for them.
    """
    begin_transaction()
    session().execute(select(*(func.set_config(name, value, True) for name, value in SET_UP.items())))
    words = [rules.searched(word) for word in text.split()]
    as_written = " & ".join(map(meaning, words))
    if not words or (count := _count_up_to(COMMON, as_written)):
        return SearchedWords(as_written, bool(words) and count == COMMON)
    found = " & ".join(each if _count_up_to(1, each := meaning(word)) else _nearly(word) for word in words)
    return SearchedWords(found, _count_up_to(COMMON, found) == COMMON)


def _count_up_to(most: int, query: str) -> int:
    """How many profiles have these words, counted no further than `most`."""
    some = select(Coach.id).where(_says(query)).limit(most).subquery()
    return session().scalar(select(func.count()).select_from(some)) or 0


def _says(query: str) -> ColumnElement[bool]:
    return Coach.words.op("@@")(func.to_tsquery("simple", query))


def _nearly(word: str) -> str:
    """What asks for the words of names and topics that are spelt nearly so; for the word itself where none is."""
    typed = literal(word.lower())
    near = DirectoryTerm.kind == "word", DirectoryTerm.coaches > 0, DirectoryTerm.term.op("%")(typed)
    order = func.similarity(DirectoryTerm.term, typed).desc(), DirectoryTerm.term
    chosen = select(DirectoryTerm.term).where(*near).order_by(*order).limit(MOST_SPELLINGS)
    found = session().scalars(chosen).all() if len(word) >= SHORTEST_MISSPELT else []
    return f"({' | '.join(map(_quoted, found))})" if found else beginning(word)


def beginning(word: str) -> str:
    """What asks for all that begins so, or is that short word."""
    return f"{_quoted(word.lower())}:*" if len(word) >= SHORTEST_BEGINNING else _quoted(word.lower())


def meaning(word: str) -> str:
    """What asks for all that begins so, and for other names of the same subject as they stand."""
    others = [" <-> ".join(map(_quoted, name.split())) for name in synonyms(word)]
    return f"({' | '.join([beginning(word), *others])})" if others else beginning(word)


def _quoted(word: str) -> str:
    """As one lexeme, whatever signs are in it."""
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def mentions(text: str) -> ColumnElement[bool]:
    """Is all of `text` said of a coach? See `searched_words`."""
    words = searched_words(text)
    if words.are_common:
        # Not by the index of words: whoever comes next in the order has them.
        return _says(words.query).is_(True)
    # Found first, however few are wanted in the end: of words that hardly anybody has, the newest coaches have none.
    chosen = select(Coach.id).where(_says(words.query))
    said = chosen.cte("said").prefix_with("materialized", dialect="postgresql")
    return Coach.id.in_(select(said.c.id))


# A text fits what somebody wrote if it has so many of its telling words; all of them where there are fewer.
ENOUGH_WORDS = 2


@dataclass(frozen=True)
class Telling:
    """The words of somebody's text that are searched for, and the language in which it is read."""

    words: Sequence[str]
    language: str

    def found_in(self, table: Any) -> ColumnElement[int]:
        """How many of the words a row has, by its `words`, in their language, or nearly so spelt in `sought`."""
        config = cast(literal(configuration(self.language)), REGCONFIG)
        counted: ColumnElement[int] = literal(0)
        for word in self.words:
            stem = and_(table.language == self.language, table.words.op("@@")(func.plainto_tsquery(config, word)))
            counted = counted + case((or_(stem, literal(word).op("<%")(table.sought)), 1), else_=0)
        return counted

    def fits(self, table: Any) -> ColumnElement[bool]:
        """Has a row enough of the words? Of no words none has."""
        if not self.words:
            return ~true()
        return self.found_in(table) >= min(ENOUGH_WORDS, len(self.words))


def telling(written: str, language: str) -> Telling:
    """What of a text is searched for in texts of other people: its longest words but for those that say nothing."""
    words = telling_words(written)
    if not words:
        return Telling((), language)
    config = cast(literal(configuration(language)), REGCONFIG)
    stems = [func.numnode(func.plainto_tsquery(config, word)) > 0 for word in words]
    said = session().execute(select(*stems)).one()
    return Telling([word for word, says in zip(words, said, strict=True) if says], language)
