"""The states of a place in the queue, and how long it is kept. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from marketplace.languages import lazy_gettext as _l
from marketplace.states import StateMachine

WAITING, SENT, LEFT, LAPSED = "waiting", "sent", "left", "lapsed"
STATES = StateMachine(
    "queue_place",
    frozenset({WAITING}),
    {
        WAITING: frozenset({SENT, LEFT, LAPSED}),
        SENT: frozenset(),
        LEFT: frozenset(),
        LAPSED: frozenset(),
    },
)
STATUS_NAMES = {
    WAITING: _l("Waits in the queue"),
    SENT: _l("Sent"),
    LEFT: _l("Left"),
    LAPSED: _l("Over"),
}

# Why a place lapsed, and what is said of it.
TOO_LONG, PRICE, BRIEF, GONE = "too_long", "price", "brief", "gone"
LAPSES = {
    TOO_LONG: _l("No place became free in time."),
    PRICE: _l("The price has risen since it was shown to you."),
    BRIEF: _l("Meanwhile the coach asks for more than this ask says, or gives another kind of help."),
    GONE: _l("The coach takes no asks any more."),
}

MOST_WAITING = 100
WAITS = timedelta(days=30)
# A queue that opens on a day is kept for so long from then on.
WAITS_ONCE_OPEN = timedelta(days=14)
WAITS_AT_MOST = timedelta(days=120)


def lapses_at(now: datetime, *, opens_at: datetime | None, by_when: date | None, zone: str) -> datetime:
    """Until when a place is kept that is taken `now`: `opens_at` is when the coach takes asks again, if that is known.

    Not beyond the end of the day by which the asker needs it, on their own calendar in `zone`; that day is over already
    where the result is not after `now`.
    """
    kept = now + WAITS if opens_at is None else max(now + WAITS, opens_at + WAITS_ONCE_OPEN)
    kept = min(kept, now + WAITS_AT_MOST)
    if by_when is None:
        return kept
    needed_until = datetime.combine(by_when + timedelta(days=1), time(), ZoneInfo(zone))
    return min(kept, needed_until.astimezone(UTC))
