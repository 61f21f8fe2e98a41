"""People and things, in sentences: only what matters to a test is written there."""

from collections.abc import Iterable
from datetime import datetime, time
from functools import cache
from typing import Any

from flask_security.utils import hash_password
from sqlalchemy import select

from marketplace import clock
from marketplace.accounts.models import Role, User
from marketplace.bookings import queries as booking_queries
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.holds import service as holds
from marketplace.bookings.models import Booking
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.coaches.models import Coach, Offering, Schedule
from marketplace.db import session, uuid7
from marketplace.payments import queries as payments
from marketplace.scheduling.models import WeeklyHours
from marketplace.scheduling.service.projection import expand_openings
from tests.doors import PASSWORD


@cache
def _hashed() -> str:
    return str(hash_password(PASSWORD))


def _saved(thing: Any) -> Any:
    session().add(thing)
    session().commit()
    return thing


def a_person(name: str = "Mia", *, confirmed: bool = True, role: str | None = None, **changes: Any) -> User:
    """Somebody with an account, a mentee unless a role is named; her password is doors.PASSWORD."""
    key = uuid7()
    values = {
        "id": key,
        "email": f"{name.lower()}.{key.hex[-8:]}@example.com",
        "name": name,
        "timezone": "Europe/Berlin",
        "password": _hashed(),
        "fs_uniquifier": key.hex,
        "confirmed_at": clock.now() if confirmed else None,
        "roles": [_role(role)] if role else [],
    }
    return _saved(User(**values | changes))


def _role(name: str) -> Role:
    return session().scalar(select(Role).where(Role.name == name)) or _saved(Role(name=name))


def an_admin(name: str = "Alma") -> User:
    """Somebody who sees every cent."""
    return a_person(name, role="admin")


def a_coach(handle: str = "ada", **changes: Any) -> Coach:
    """An approved coach, Ada by default, in Berlin, charging dollars."""
    user = changes.pop("user", None) or a_person(handle.capitalize(), role="coach")
    values = {
        "user_id": user.id,
        "user": user,
        "handle": handle,
        "headline": "Engineering leadership without burning out",
        "about": "I lead **platform** teams.",
        "topics": ["leadership", "python"],
        "languages": ["en", "de"],
        "kinds": ["mentor", "career_coach"],
        "timezone": "Europe/Berlin",
        "currency": "usd",
        "status": "approved",
        "decided_at": clock.now(),
    }
    return _saved(Coach(**values | changes))


def an_offering(coach: Coach, **changes: Any) -> Offering:
    """An hour of mentoring for 120.00, instant, without buffers, notice 12 hours."""
    values = {
        "coach_id": coach.id,
        "coach": coach,
        "title": "One hour of mentoring",
        "description": "Bring one question.",
        "kind": "mentor",
        "minutes": 60,
        "price_cents": 12000,
        "currency": coach.currency,
    }
    return _saved(Offering(**values | changes))


def weekly_hours(coach: Coach, weekday: int, start: str = "09:00", end: str = "17:00") -> WeeklyHours:
    """Open on one weekday (Monday is 0), local time; '24:00' is the end of the day."""
    return _open(coach, [weekday], start, end)[0]


def open_all_week(coach: Coach, start: str = "09:00", end: str = "17:00") -> Coach:
    """The same hours every day."""
    _open(coach, range(7), start, end)
    return coach


def _open(coach: Coach, weekdays: Iterable[int], start: str, end: str) -> list[WeeklyHours]:
    """Add ranges to the usual week, and what they come to."""
    session().merge(Schedule(id=coach.id, coach_id=coach.id, name="Usual week"))
    minutes = {"start_minute": _minute(start), "end_minute": _minute(end)}
    rows = [WeeklyHours(schedule_id=coach.id, weekday=weekday, **minutes) for weekday in weekdays]
    session().add_all(rows)
    session().commit()
    expand_openings(str(coach.id))
    return rows


def _minute(text: str) -> int:
    if text == "24:00":
        return 1440
    at = time.fromisoformat(text)
    return at.hour * 60 + at.minute


BRIEF = "I lead a team of four for the first time and want to stop doing their work."


def a_hold(mentee: User, offering: Offering, starts_at: datetime) -> Booking:
    """A time held, unpaid."""
    return holds.hold(mentee, offering_id=offering.id, starts_at=starts_at, brief=BRIEF)


def a_payment(mentee: User, booking: Booking, sandbox: Any, card: str = "4242424242424242") -> Booking:
    """A held time paid for on the hosted page, and our books brought in step."""
    booking_checkout.pay(mentee, booking_id=booking.id)
    payment = payments.of_subject(booking.id)
    assert payment is not None
    sandbox.pay(payment.checkout_id, card)
    payment_outcomes.settle_payment(str(payment.id))
    return booking_queries.locked(booking.id)


def a_booking(mentee: User, offering: Offering, starts_at: datetime, sandbox: Any) -> Booking:
    """A session booked and paid for."""
    return a_payment(mentee, a_hold(mentee, offering, starts_at), sandbox)
