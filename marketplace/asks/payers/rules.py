"""The payer's link: a secret with a generation, and what its page says. Pure."""

import base64
import hashlib
import hmac
import uuid
from dataclasses import dataclass
from datetime import datetime

from marketplace.asks.quotes import rules as quote_rules
from marketplace.asks.rules.states import INVITED
from marketplace.languages import lazy_gettext as _l

# So often a link is made anew for one quote.
MOST_LINKS = 20
LONGEST_PURPOSE = 300

OPEN, NEEDS_TIME, CLOSING, UNDER_WAY, PAID = "open", "needs_time", "closing", "under_way", "paid"
SUPERSEDED, WITHDRAWN, EXPIRED, COACH_LEFT = "superseded", "withdrawn", "expired", "coach_left"
STANDINGS = (OPEN, NEEDS_TIME, CLOSING, UNDER_WAY, PAID, SUPERSEDED, WITHDRAWN, EXPIRED, COACH_LEFT)
# Why nothing can be paid, as whoever holds the link reads it.
REFUSALS = {
    NEEDS_TIME: _l(
        "No time is chosen, or the one that was chosen is gone. Whoever asked you has been told to choose one."
    ),
    CLOSING: _l("It was not paid for in time, and the page to pay on is being closed. Try again in a few minutes."),
    UNDER_WAY: _l("The bank is sending the money. Nothing more is to be paid."),
    PAID: _l("This is paid. Nothing more is to be paid."),
    SUPERSEDED: _l("The coach made another offer in place of this one. Ask whoever sent you the link for a new one."),
    WITHDRAWN: _l("This offer was withdrawn. Nothing is to be paid."),
    EXPIRED: _l("The time in which this offer could be taken is over. Nothing is to be paid."),
    COACH_LEFT: _l("This coach offers no sessions here any more. Nothing is to be paid."),
}
ENDED = {quote_rules.SUPERSEDED: SUPERSEDED, quote_rules.WITHDRAWN: WITHDRAWN, quote_rules.EXPIRED: EXPIRED}


@dataclass(frozen=True)
class Taken:
    """What was chosen for a quote last: a time, a credit, or a written answer.

    `booked`: it is paid, `called_off`: it was let go. It is held until `held_until`. `settling`: a bank is sending the
    money; `open`: its payment may still come.
    """

    booked: bool
    called_off: bool
    held_until: datetime | None
    settling: bool
    open: bool


def secret(quote_id: uuid.UUID, *, generation: int, key: str) -> str:
    """What stands in the link: 160 bits of a keyed digest, which nobody guesses and we can show again."""
    made = hmac.new(key.encode(), f"payer:{quote_id}:{generation}".encode(), hashlib.sha256).digest()[:20]
    return base64.b32encode(made).decode().lower()


def digest(given: str) -> str:
    """What is kept of it. A fast hash of so much chance cannot be searched."""
    return hashlib.sha256(given.encode()).hexdigest()


def was_given(given: str, quote_id: uuid.UUID, *, generations: int, key: str) -> bool:
    """Was it the secret of a link that is withdrawn or renewed?"""
    made = (secret(quote_id, generation=number, key=key) for number in range(1, generations + 1))
    return any(hmac.compare_digest(given.encode(), each.encode()) for each in made)


def may_be_named(origin: str, status: str) -> bool:
    """Is it the asker's to say who pays? An invitation is paid by the link that its organiser got."""
    return origin != INVITED and status not in ENDED


def may_be_taken(status: str, taken: Taken | None) -> bool:
    """Is nothing held, so that it matters what can still be had?"""
    return status == quote_rules.SENT or (status == quote_rules.HELD and (taken is None or taken.called_off))


def standing(
    status: str, *, taken: Taken | None, valid_until: datetime, takeable: bool, offered: bool, now: datetime
) -> str:
    """What becomes of whoever opens the link of a quote in this state.

    `takeable`: its time, or its answer, can be had now; `offered`: the coach still coaches here.
    """
    if status in ENDED:
        return ENDED[status]
    if status == quote_rules.PAID or (taken is not None and taken.booked):
        return PAID
    held = _held(taken, now) if status == quote_rules.HELD and taken is not None else None
    if held is not None:
        return held
    if not offered and now < valid_until:
        return COACH_LEFT
    open_or_not = OPEN if takeable else NEEDS_TIME
    return EXPIRED if now >= valid_until else open_or_not


def _held(taken: Taken, now: datetime) -> str | None:
    """How what is held stands; None where it was let go, and nobody can pay for it any more."""
    if taken.settling:
        return UNDER_WAY
    if not taken.called_off and taken.held_until is not None and now < taken.held_until:
        return OPEN
    return CLOSING if taken.open or not taken.called_off else None
