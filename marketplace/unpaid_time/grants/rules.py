"""The budget of a month, the states of a granted free session, and when it ends. Pure."""

from datetime import date, timedelta

from marketplace.languages import lazy_gettext as _l
from marketplace.states import StateMachine

OFFERED, BOOKED, LAPSED, CANCELLED = "offered", "booked", "lapsed", "cancelled"

GRANT_STATES = StateMachine(
    "grant",
    frozenset({OFFERED}),
    {
        OFFERED: frozenset({BOOKED, LAPSED}),
        BOOKED: frozenset({CANCELLED}),
        LAPSED: frozenset(),
        CANCELLED: frozenset(),
    },
)
# Its minutes are taken out of the budget; in every other state they were given back.
TAKEN = frozenset({OFFERED, BOOKED})
# A session was booked by it.
HAD_SESSION = frozenset({BOOKED, CANCELLED})
STATUS_NAMES = {
    OFFERED: _l("Waits for a time to be chosen"),
    BOOKED: _l("Booked"),
    LAPSED: _l("Over"),
    CANCELLED: _l("Cancelled"),
}
VALID_FOR = timedelta(hours=72)
LEAST_MINUTES, MOST_MINUTES = 10, 480
MOST_A_MONTH = 6000


def left(budget_minutes: int, spent_minutes: int) -> int:
    """What is left of a month's minutes; nothing where more was given than the coach would now."""
    return max(0, budget_minutes - spent_minutes)


def month_of(day: date) -> tuple[date, date]:
    """The first day of a day's month, and of the next one."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)
