"""Where and until when a therapist may work, by checked licences. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from marketplace.languages import LazyText, formats
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.states import StateMachine

THERAPIST = "therapist"
SUBMITTED, CHECKED, REFUSED = "submitted", "checked", "refused"
STATES = StateMachine(
    "licence",
    frozenset({SUBMITTED}),
    {SUBMITTED: frozenset({CHECKED, REFUSED}), CHECKED: frozenset({REFUSED}), REFUSED: frozenset()},
)
STATUS_NAMES = {SUBMITTED: _l("Waits to be checked"), CHECKED: _l("Checked"), REFUSED: _l("Not accepted")}

# Days before the last day on which a therapist is reminded.
REMINDERS = (60, 30, 7)
FIRST_REMINDER = timedelta(days=61)
LONGEST_NUMBER, LONGEST_REASON = 100, 1000
FURTHEST = timedelta(days=366 * 15)

# Where licences are given by a state or province, the country alone is none.
_OF_STATES = {
    "US": """AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH
    OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY PR""",
    "CA": "AB BC MB NB NL NS NT NU ON PE QC SK YT",
}
_COUNTRIES = """AR AT AU BE BG BR CH CL CO CY CZ DE DK EE ES FI FR GB GR HR HU IE IL IN IS IT JP KE KR LI LT LU LV MT MX
    MY NG NL NO NZ PE PH PL PT RO RS SE SG SI SK TH TR TW UA UY ZA"""
JURISDICTIONS = frozenset(_COUNTRIES.split()) | {
    f"{land}-{part}" for land, parts in _OF_STATES.items() for part in parts.split()
}


def jurisdictions() -> list[tuple[str, str]]:
    """Codes (ISO 3166) and names of every place for which a licence may be, in the reader's language."""
    named = formats.countries(_COUNTRIES.split())
    for land, parts in _OF_STATES.items():
        (_code, name), *_rest = formats.countries([land])
        named += [(f"{land}-{part}", f"{name}: {part}") for part in parts.split()]
    return named


def spoken(code: str) -> str:
    """'US-CA' as 'United States: CA', in the reader's language."""
    land, _hyphen, part = code.partition("-")
    ((_code, name),) = formats.countries([land])
    return f"{name}: {part}" if part else name


@dataclass(frozen=True)
class Permit:
    """A licence as far as a session goes: checked, for a jurisdiction, up to and including a day."""

    jurisdiction: str
    expires_on: date


NO_LICENCE, LAPSED, ELSEWHERE, ENDS_BEFORE, NO_PLACE = "no_licence", "lapsed", "elsewhere", "ends_before", "no_place"


def refusal(permits: Iterable[Permit], *, place: str | None, session_on: date, today: date) -> str | None:
    """Why a session on a day with somebody who will be at `place` may not be held; None where it may.

    `permits` are the checked licences of the therapist.
    """
    permits = list(permits)
    if not permits:
        return NO_LICENCE
    current = [permit for permit in permits if permit.expires_on >= today]
    if not current:
        return LAPSED
    if place not in JURISDICTIONS:
        return NO_PLACE
    here = [permit for permit in current if permit.jurisdiction == place]
    if not here:
        return ELSEWHERE
    return None if any(permit.expires_on >= session_on for permit in here) else ENDS_BEFORE


REFUSALS: dict[str, LazyText] = {
    NO_LICENCE: _l("This therapist has no licence that was checked, so nothing can be booked."),
    LAPSED: _l("The licence of this therapist has lapsed, so nothing can be booked."),
    NO_PLACE: _l("Say where you will be during the session: a therapist may only work where they are licensed."),
    ELSEWHERE: _l(
        "This therapist is not licensed where you will be during the session, so they may not see you there."
    ),
    ENDS_BEFORE: _l("The licence of this therapist ends before that day. Choose an earlier time."),
}


def reminder_due(expires_on: date, *, today: date, reminded: int | None) -> int | None:
    """The reminder that is due now, in days before the end; None where none is. `reminded` is the last one sent."""
    left = (expires_on - today).days
    due = [days for days in REMINDERS if 0 <= left <= days]
    nearest = min(due, default=None)
    return nearest if nearest is not None and (reminded is None or nearest < reminded) else None


def problems(*, number: str, jurisdiction: str, expires_on: date, today: date) -> dict[str, str]:
    """What is wrong with a licence as it is given, by field."""
    found = {}
    if not 1 <= len(number) <= LONGEST_NUMBER:
        found["number"] = _("Write the number of the licence, within %(most)s characters.", most=LONGEST_NUMBER)
    if jurisdiction not in JURISDICTIONS:
        found["jurisdiction"] = _("Choose where the licence is valid from the list.")
    if expires_on < today:
        found["expires_on"] = _("This licence has ended already.")
    elif expires_on > today + FURTHEST:
        found["expires_on"] = _("Choose a day within the next fifteen years.")
    return found
