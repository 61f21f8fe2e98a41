"""What an ask says, and its score: twelve points in six criteria, each explained. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from marketplace.languages import LazyText
from marketplace.languages import lazy_gettext as _l
from marketplace.text import seen_length

PAYERS = {
    "me": _l("I pay myself"),
    "employer": _l("My employer pays"),
    "somebody_else": _l("Somebody else pays"),
    "cannot": _l("I cannot pay"),
}

MOST_POINTS = 12
USUAL_LEAST_POINTS = 6
SHORTEST_ABOUT, LONGEST_TEXT, LONGEST_LINE = 20, 2000, 500
ENOUGH_ABOUT, ENOUGH_LIMIT, ENOUGH_TRIED, ENOUGH_REASON, ENOUGH_AIM = 80, 10, 40, 30, 20
MOST_QUESTIONS = 3
ONE_SITTING_MINUTES = 90
FARTHEST_DAYS = 180

LINK = re.compile(r"https?://\S+\.\S+")
WORD = re.compile(r"[^\W\d_]{4,}")
FIGURE = re.compile(r"\d")


@dataclass(frozen=True)
class Brief:
    """What somebody wants of a coach. `minutes` is how long it would take, `by_when` the day until which it matters."""

    kind: str
    about: str
    not_about: str
    tried: str
    why_coach: str
    aim: str
    by_when: date | None
    minutes: int
    words_enough: bool
    payer: str

    def as_json(self) -> dict[str, Any]:
        """The same as JSON values."""
        return vars(self) | {"by_when": self.by_when.isoformat() if self.by_when else None}

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> "Brief":
        """What `as_json` gave."""
        return cls(**kept | {"by_when": date.fromisoformat(kept["by_when"]) if kept["by_when"] else None})


@dataclass(frozen=True)
class Point:
    """One point of a score: for which criterion, which field earns it, what to write there, whether it is earned."""

    criterion: LazyText
    field: str
    hint: LazyText
    earned: bool


@dataclass(frozen=True)
class Score:
    """Every point of a brief, in the order of the criteria."""

    points: tuple[Point, ...]

    @property
    def earned(self) -> int:
        """How many points, of `MOST_POINTS`."""
        return sum(point.earned for point in self.points)

    def missing(self) -> dict[str, list[str]]:
        """By field: what to write there for each point that is not earned."""
        found: dict[str, list[str]] = {}
        for point in self.points:
            if not point.earned:
                found.setdefault(point.field, []).append(str(point.hint))
        return found


SPECIFIC, MEASURABLE, ATTAINABLE = _l("Specific"), _l("Measurable"), _l("Attainable")
RELEVANT, TIME_BOUND, TRIED = _l("Relevant to this coach"), _l("Time-bound"), _l("What you tried")


def score(brief: Brief, *, coach_words: Iterable[str], today: date) -> Score:
    """The points of a brief for a coach whose profile has these words; `today` is the asker's date.

    The criteria are those of Doran's SMART goals (1981), and what was tried already. No point depends on the language:
    lengths, figures, question marks, links and words in common are counted.
    """
    in_common = _words([brief.about, brief.why_coach, brief.aim]) & _words(coach_words)
    questions = brief.about.count("?")
    tomorrow, farthest = today + timedelta(days=1), today + timedelta(days=FARTHEST_DAYS)
    short = brief.words_enough or brief.minutes <= ONE_SITTING_MINUTES
    in_time = brief.by_when is not None and tomorrow <= brief.by_when <= farthest
    return Score(
        (
            Point(SPECIFIC, "about", SAY_MORE, seen_length(brief.about) >= ENOUGH_ABOUT),
            Point(SPECIFIC, "not_about", SAY_NOT, seen_length(brief.not_about) >= ENOUGH_LIMIT),
            Point(MEASURABLE, "aim", SAY_AIM, seen_length(brief.aim) >= ENOUGH_AIM),
            Point(MEASURABLE, "aim", SAY_FIGURE, bool(FIGURE.search(brief.aim))),
            Point(ATTAINABLE, "about", SAY_QUESTIONS, 1 <= questions <= MOST_QUESTIONS),
            Point(ATTAINABLE, "minutes", SAY_SHORTER, short),
            Point(RELEVANT, "why_coach", SAY_WHY, seen_length(brief.why_coach) >= ENOUGH_REASON),
            Point(RELEVANT, "why_coach", SAY_PROFILE, bool(in_common)),
            Point(TIME_BOUND, "by_when", SAY_DAY, brief.by_when is not None),
            Point(TIME_BOUND, "by_when", SAY_NEAR_DAY, in_time),
            Point(TRIED, "tried", SAY_TRIED, seen_length(brief.tried) >= ENOUGH_TRIED),
            Point(TRIED, "tried", SAY_LINK, bool(LINK.search(brief.tried))),
        )
    )


SAY_MORE = _l("Say what it is about in %(least)s characters or more.", least=ENOUGH_ABOUT)
SAY_NOT = _l("Say what it is not about, so that the time goes to what matters.")
SAY_AIM = _l("Say what you want to have or to decide afterwards.")
SAY_FIGURE = _l("Put a number into your aim: how many, how much, by how far.")
SAY_QUESTIONS = _l("Ask one to %(most)s questions, each with its question mark.", most=MOST_QUESTIONS)
SAY_SHORTER = _l(
    "Ask for %(most)s minutes or fewer, or for a written answer: begin with one sitting.", most=ONE_SITTING_MINUTES
)
SAY_WHY = _l("Say why you ask this coach.")
SAY_PROFILE = _l("Name something of the coach's profile that your question has to do with.")
SAY_DAY = _l("Say by when you need it.")
SAY_NEAR_DAY = _l("Choose a day between tomorrow and %(days)s days from now.", days=FARTHEST_DAYS)
SAY_TRIED = _l("Say what you tried already and what came of it.")
SAY_LINK = _l("Add a link to your work: work shown weighs more than work described.")


def _words(texts: Iterable[str]) -> frozenset[str]:
    """The words of four letters and more, in small letters."""
    return frozenset(word.casefold() for text in texts for word in WORD.findall(text))
