"""Kinds of unpaid minutes, how many at once, and how long a timer runs. Pure."""

from datetime import datetime, timedelta

from marketplace.languages import lazy_gettext as _l

ANSWER, PREPARATION, OVERRUN, COFFEE, TALK = "answer", "preparation", "overrun", "coffee", "talk"
NO_SHOW, PRO_BONO, OTHER = "no_show", "pro_bono", "other"
KIND_NAMES = {
    ANSWER: _l("Question answered"),
    PREPARATION: _l("Preparation beyond what is paid"),
    OVERRUN: _l("Overrun"),
    COFFEE: _l("Coffee"),
    TALK: _l("Talk"),
    NO_SHOW: _l("No-show without pay"),
    PRO_BONO: _l("Free session"),
    OTHER: _l("Something else"),
}
KINDS = tuple(KIND_NAMES)
# A free session is written down by the grant of it, and by nobody's hand.
BY_HAND = tuple(kind for kind in KINDS if kind != PRO_BONO)
# Somebody had something of it: these stand in the statement of hours given.
GIVEN = tuple(kind for kind in KINDS if kind != NO_SHOW)

SYSTEM, HAND, TIMER = "system", "hand", "timer"
SOURCES = (SYSTEM, HAND, TIMER)

MOST_MINUTES = 600
LONGEST_NOTE = 200
# What is further back is nobody's memory of a day.
OLDEST_DAYS = 366
# A timer that is forgotten ends by itself.
TIMER_AT_MOST = timedelta(hours=4)
# How long a coach may take it back that a mentee did not come, and somewhat more.
NO_SHOW_SETTLES = timedelta(hours=1)
# What the application knows of is looked for so far back.
LOOK_BACK = timedelta(days=60)


def timed_minutes(started_at: datetime, now: datetime) -> int:
    """The minutes of a timer: begun ones count, one at least, as many as it runs at most."""
    ran = min(max(now - started_at, timedelta()), TIMER_AT_MOST)
    return max(1, -(-ran // timedelta(minutes=1)))
