"""What a session is to be about, its points, and its form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from marketplace.accounts.models import User
from marketplace.asks.briefs import queries
from marketplace.asks.rules.brief import MOST_POINTS, Point
from marketplace.bookings.briefs import rules
from marketplace.bookings.models import Booking
from marketplace.languages import gettext as _
from marketplace.languages.formats import day
from marketplace.pages.wording import Reader


@dataclass(frozen=True)
class BriefPart:
    """`said` are what stands beside the text, each with its question; `url` takes a change while one may be made."""

    url: str
    said: tuple[tuple[str, str], ...]
    fields: Mapping[str, Any]
    points: int | None
    most_points: int
    hints: tuple[Point, ...]

    @classmethod
    def of(cls, booking: Booking, reader: Reader, person: User) -> "BriefPart":
        """For either side, or an admin who looks on."""
        brief = queries.of_session(booking)
        details = queries.details(booking)
        may = rules.may_change(
            person_id=person.id,
            mentee_id=booking.mentee_id,
            status=booking.status,
            starts_at=booking.starts_at,
            now=reader.now,
        )
        shown = details | {"by_when": day(brief.by_when, year=True) if brief.by_when else ""}
        return cls(
            url=url_for("session_actions.change_brief", booking_id=booking.id) if may else "",
            said=tuple((label, shown[name]) for name, label in _questions().items() if shown[name]),
            fields={"brief": booking.brief, **details},
            points=brief.points,
            most_points=MOST_POINTS,
            # How long it takes is agreed already.
            hints=tuple(one for one in brief.score.points if one.field != "minutes") if may and brief.score else (),
        )


def _questions() -> dict[str, str]:
    return {
        "not_about": _("What is it not about?"),
        "tried": _("What have you tried?"),
        "why_coach": _("Why this coach?"),
        "aim": _("What do you want to have, or to decide, afterwards?"),
        "by_when": _("By when?"),
    }
