"""What all samples of mails are made of: people, a session, its times."""

from datetime import UTC, datetime, timedelta
from typing import Any

from marketplace import clock
from marketplace.languages import gettext as _
from marketplace.policies.rules import Terms

SITE = "http://127.0.0.1:8000"
SESSION = f"{SITE}/sessions/019547d2-0000-7000-8000-000000000001"
ZONE, CURRENCY = "Europe/Berlin", "eur"
START = datetime(2027, 3, 2, 17, tzinfo=UTC)
TITLE, MENTEE, COACH, PAYER = "Quarkschnitte", "Mia Müller", "Ada Lovelace", "Jolly & Söhne"
BRIEF = "Xanthippe.\nYggdrasil <b>zwölf</b>?"
TERMS = Terms(((24, 100), (4, 50)), 60, 48, 48)

Sample = tuple[str, dict[str, Any]]


def session_mail(to_coach: bool = False, sessions: int = 1, paid_by: str = "", **more: Any) -> dict[str, Any]:
    """What every mail about a booking is given (`bookings.notifications.delivery`)."""
    who_paid = _("%(payer)s has paid for %(mentee)s.", payer=paid_by, mentee=MENTEE) if paid_by else ""
    other = MENTEE if to_coach else COACH
    starts = [START + timedelta(days=7 * week) for week in range(sessions)]
    return {
        "name": COACH if to_coach else MENTEE,
        "to_coach": to_coach,
        "other": other,
        "by_you": False,
        "title": TITLE,
        "meeting": _("%(title)s with %(name)s", title=TITLE, name=other),
        "when": [clock.spoken(start, ZONE, start + timedelta(hours=1)) for start in starts],
        "many": sessions if sessions > 1 else 0,
        "zone": ZONE,
        "currency": CURRENCY,
        "price": "120.00 EUR",
        "free": False,
        "coupon": "",
        "paid_by": "" if to_coach else paid_by,
        "payer": paid_by or MENTEE,
        "who_paid": who_paid,
        "taxed": False,
        "brief": BRIEF,
        "session_url": SESSION,
        "meeting_url": "https://meet.example/00112233445566778899aabbccddeeff",
        "how_it_opens": "",
    } | more


def both(kind: str, **more: Any) -> list[Sample]:
    """A mail to the mentee and to the coach."""
    return [(kind, session_mail(to_coach, **more)) for to_coach in (False, True)]


def signed(name: str = MENTEE, **more: Any) -> dict[str, Any]:
    """To a person whose name is known."""
    return {"name": name} | more
