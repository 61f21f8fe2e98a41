"""Who says what of a session, until when, and when a label is wrong. Pure."""

import hashlib
import hmac
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace.bookings.rules import COMPLETED, TOOK_PLACE
from marketplace.coaches.kinds.rules import EVERY_KIND
from marketplace.languages import lazy_gettext as _l

MENTEE, COACH = "mentee", "coach"
SIDES = (MENTEE, COACH)
OTHER = "other"
ANSWERS = EVERY_KIND | {OTHER: _l("Something else")}
# Until then it can be said, and changed.
OPEN_FOR = timedelta(days=14)
# Who has not said it by then is asked no more.
ASKED_WITHIN = timedelta(days=3)
LEAST_ANSWERS = 5


def took_place(status: str, outcome: str | None) -> bool:
    """Was it a session of which anything can be said?"""
    return (status, outcome) == (COMPLETED, TOOK_PLACE)


def is_open(ended_at: datetime | None, *, now: datetime) -> bool:
    """May it still be said, or changed?"""
    return ended_at is not None and now < ended_at + OPEN_FOR


@dataclass(frozen=True)
class LabelTally:
    """What was said of the sessions of one offering: how often which kind, and whether they dealt with the question.

    `kinds` are answers of both sides; a coach's own word for the own label is not among them. `dealt` of `judged`
    mentees say that it did.
    """

    label: str
    kinds: Mapping[str, int]
    dealt: int = 0
    judged: int = 0

    @property
    def said(self) -> int:
        """How many answers there are."""
        return sum(self.kinds.values())

    @property
    def right(self) -> int:
        """How many say that the label was right."""
        return self.kinds.get(self.label, 0)

    @property
    def is_telling(self) -> bool:
        """Are there enough answers to say anything of it?"""
        return self.said >= LEAST_ANSWERS

    @property
    def tells_dealt(self) -> bool:
        """Have enough mentees said whether it dealt with what they asked?"""
        return self.judged >= LEAST_ANSWERS

    @property
    def is_wrong(self) -> bool:
        """Was the label wrong more often than right?"""
        return self.is_telling and self.said - self.right > self.right


def signature(booking_id: uuid.UUID, side: str, *, key: str) -> str:
    """What stands behind side and id in the link of a mail: 160 bits of a keyed digest."""
    said = f"session feedback:{side}:{booking_id}".encode()
    return hmac.new(key.encode(), said, hashlib.sha256).hexdigest()[:40]


def is_right(given: str, booking_id: uuid.UUID, side: str, *, key: str) -> bool:
    """Does the link belong to this side of this session?"""
    return side in SIDES and hmac.compare_digest(given.encode(), signature(booking_id, side, key=key).encode())
