"""Reading the brief of a session, with its points."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.asks import queries as asks
from marketplace.asks.rules.brief import Brief, Score
from marketplace.bookings import queries as bookings
from marketplace.bookings.briefs.rules import DETAILS
from marketplace.bookings.models import Booking
from marketplace.bookings.rules import CLAIMING


@dataclass(frozen=True)
class SessionBrief:
    """What a session is to be about; `score` is None once it is over or was called off."""

    brief: str
    not_about: str
    tried: str
    why_coach: str
    aim: str
    by_when: date | None
    score: Score | None

    @property
    def points(self) -> int | None:
        """How many points are earned."""
        return self.score.earned if self.score else None

    @property
    def missing(self) -> dict[str, list[str]]:
        """By field: what to write there for each point that is not earned; how long it takes is agreed already."""
        found = self.score.missing() if self.score else {}
        return {"brief" if name == "about" else name: words for name, words in found.items() if name != "minutes"}


def of_session(booking: Booking) -> SessionBrief:
    """The brief of a session that the caller may read."""
    said = details(booking)
    counts = booking.status in CLAIMING and clock.now() < booking.ends_at
    return SessionBrief(brief=booking.brief, **said, score=_score(booking, said) if counts else None)


def one(actor: User, booking_id: uuid.UUID) -> SessionBrief:
    """The brief of a session that `actor` may see; NotFound."""
    return of_session(bookings.one(actor, booking_id))


def details(booking: Booking) -> dict[str, Any]:
    """What stands beside the text of the brief, each empty where nothing was said."""
    *words, day = DETAILS
    said = {name: booking.brief_details.get(name) for name in DETAILS}
    by_when = said[day]
    return {name: said[name] or "" for name in words} | {day: date.fromisoformat(by_when) if by_when else None}


def _score(booking: Booking, said: dict[str, Any]) -> Score:
    """As of an ask for so many minutes, on the mentee's date."""
    minutes = int((booking.ends_at - booking.starts_at).total_seconds()) // 60
    whole = Brief(kind=booking.kind, about=booking.brief, minutes=minutes, words_enough=False, payer="me", **said)
    return asks.score_for(booking.coach, whole, zone=booking.mentee.timezone)
