"""How soon a coach usually answers, and how many of their asks. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from marketplace.asks.rules.states import LAPSED
from marketplace.languages import gettext as _
from marketplace.languages import ngettext

LOOK_BACK = timedelta(days=180)
# With fewer, one ask would say too much of its asker, and too little of the coach.
FEWEST = 5
# Of a coach with very many, the latest.
MOST = 500

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class AskOutcome:
    """An ask: when it was sent, when its coach first answered (None: not at all), and its state now."""

    sent_at: datetime
    answered_at: datetime | None
    status: str


@dataclass(frozen=True)
class Answering:
    """Of so many `asks` so many were answered; half of those within `usual`, None where none was."""

    asks: int
    answered: int
    usual: timedelta | None

    @property
    def percent(self) -> int:
        """How many of a hundred are answered, rounded down: no more is said than is so."""
        return 100 * self.answered // self.asks

    @property
    def usual_hours(self) -> int | None:
        """The usual time in whole hours, rounded up, at least one."""
        return None if self.usual is None else max(1, -(-self.usual // HOUR))


def answering(outcomes: Iterable[AskOutcome]) -> Answering | None:
    """What a coach's asks come to; None with fewer than `FEWEST`.

    A quote, an answer and a no are answers; what lapsed unanswered is none. What waits still or was withdrawn before an
    answer counts for neither.
    """
    counted = [each for each in outcomes if each.answered_at is not None or each.status == LAPSED]
    if len(counted) < FEWEST:
        return None
    took = [(each.answered_at - each.sent_at).total_seconds() for each in counted if each.answered_at is not None]
    return Answering(len(counted), len(took), timedelta(seconds=median(took)) if took else None)


def words(found: Answering) -> str:
    """The same as a sentence: "Usually answers in 2 days; answers 80 % of asks."."""
    if found.usual is None or found.usual_hours is None:
        return _("Answers none of the asks.")
    if found.usual <= DAY:
        within = ngettext("%(num)s hour", "%(num)s hours", found.usual_hours)
    else:
        within = ngettext("%(num)s day", "%(num)s days", -(-found.usual // DAY))
    return _("Usually answers in %(time)s; answers %(percent)s %% of asks.", time=within, percent=found.percent)
