"""The states of a quote, what it may cost, and when another time may be chosen. Pure."""

from datetime import datetime, timedelta

from marketplace.asks.rules.states import INVITED
from marketplace.coaches.licences.rules import THERAPIST
from marketplace.languages import LazyText
from marketplace.languages import lazy_gettext as _l
from marketplace.states import StateMachine
from marketplace.written_answers.rules import offer_ends

SENT, HELD, PAID, SUPERSEDED, WITHDRAWN, EXPIRED = "sent", "held", "paid", "superseded", "withdrawn", "expired"

# A time that is held for it is paid for, or let go once nobody can pay for it any more: only then may it end.
STATES = StateMachine(
    "quote",
    frozenset({SENT}),
    {
        SENT: frozenset({HELD, SUPERSEDED, WITHDRAWN, EXPIRED}),
        HELD: frozenset({SENT, PAID}),
        PAID: frozenset(),
        SUPERSEDED: frozenset(),
        WITHDRAWN: frozenset(),
        EXPIRED: frozenset(),
    },
)
# It can be taken, or is being taken.
LIVE = frozenset({SENT, HELD})
# A time was chosen for it.
CHOSEN = frozenset({HELD, PAID})
STATUS_NAMES = {
    SENT: _l("Waits for a time to be chosen"),
    HELD: _l("A time is held, waiting for payment"),
    PAID: _l("Paid"),
    SUPERSEDED: _l("Replaced by another quote"),
    WITHDRAWN: _l("Withdrawn"),
    EXPIRED: _l("Over"),
}

# What is offered: a session at a time of the asker's choice, or an answer in words by a date.
SESSION, WRITTEN = "session", "written"
FORMS = {SESSION: _l("A session"), WRITTEN: _l("A written answer")}

VALID_FOR = timedelta(hours=72)
LONGEST_NOTE = 1000


def valid_until(now: datetime, *, deliver_by: datetime | None) -> datetime:
    """Until when it can be taken: for three days, and an answer while there is time left to write it."""
    ends = now + VALID_FOR
    return ends if deliver_by is None else offer_ends(ends, deliver_by)


def is_good(status: str, *, valid_until: datetime, now: datetime) -> bool:
    """May a time be chosen for it?"""
    return status == SENT and now < valid_until


def credit_refused(form: str, *, origin: str, kind: str) -> LazyText | None:
    """Why a quote is not taken without a time, by its asker or whoever pays; None where it may be."""
    if form != SESSION:
        return _l("A written answer has no time to be chosen later.")
    if origin == INVITED:
        return _l("This came from an invitation, which has a time. Choose a time.")
    if kind == THERAPIST:
        return _l("Therapy is booked with its time: you say then where you will be.")
    return None


def gave_up(*, called_off: bool, refunded: bool, payment_open: bool, paid: bool) -> bool:
    """Was the time that was chosen let go, and can nobody pay for it any more?

    What was paid too late books the time after all where it is free; until it is refunded it is not known which.
    """
    return called_off and not payment_open and (refunded or not paid)


def price_refused(price_cents: int, *, floor_cents: int, most_cents: int) -> bool:
    """Is it below the least that a session of that length may cost, or more than can be charged?"""
    return not floor_cents <= price_cents <= most_cents
