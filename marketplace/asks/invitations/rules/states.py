"""The states of an invitation, which version is newer, how many are told a day. Pure."""

from datetime import UTC, datetime, timedelta

from marketplace.languages import lazy_gettext as _l
from marketplace.states import StateMachine

WAITING, QUOTED, ACCEPTED = "waiting", "quoted", "accepted"
DECLINED, LAPSED, CANCELLED = "declined", "lapsed", "cancelled"

# What was quoted waits anew where its organiser changes the time before it is paid for.
STATES = StateMachine(
    "invitation",
    frozenset({WAITING}),
    {
        WAITING: frozenset({QUOTED, DECLINED, LAPSED, CANCELLED}),
        QUOTED: frozenset({WAITING, ACCEPTED, DECLINED, LAPSED, CANCELLED}),
        ACCEPTED: frozenset(),
        DECLINED: frozenset(),
        LAPSED: frozenset(),
        CANCELLED: frozenset(),
    },
)
# Its organiser may still change it or call it off.
OPEN = frozenset({WAITING, QUOTED})
# One of a UID at most is any of these.
STANDING = OPEN | {ACCEPTED}
STATUS_NAMES = {
    WAITING: _l("Waits for you"),
    QUOTED: _l("Quoted"),
    ACCEPTED: _l("Paid"),
    DECLINED: _l("Declined"),
    LAPSED: _l("Over"),
    CANCELLED: _l("Called off by its organiser"),
}

UPLOADED, MAILED = "upload", "mail"
SOURCES = (UPLOADED, MAILED)

USUAL_DECLINE = _l("I do not take unpaid meetings. If somebody can pay for the time, I am glad to send a quote.")
LONGEST_REPLY = 1000

# Mails go to addresses that strangers wrote into a file: no coach may have many sent.
MOST_TOLD, TOLD_WITHIN = 20, timedelta(days=1)

NEWER, SAME, OLDER = "newer", "same", "older"


def compare(sequence: int, stamp: datetime | None, *, known_sequence: int, known_stamp: datetime | None) -> str:
    """How a version of an invitation stands to the known one: by SEQUENCE, then DTSTAMP (RFC 5546 2.1.5)."""
    never = datetime.min.replace(tzinfo=UTC)
    given, known = (sequence, stamp or never), (known_sequence, known_stamp or never)
    if given == known:
        return SAME
    return NEWER if given > known else OLDER
