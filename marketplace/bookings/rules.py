"""How a booking may move, who may move it, and what comes back. Pure: `now` is passed in."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from marketplace.money import split
from marketplace.policies.rules import Terms, part

HELD, REQUESTED, CONFIRMED = "held", "requested", "confirmed"
COMPLETED, CANCELLED, EXPIRED, DECLINED = "completed", "cancelled", "expired", "declined"
TOOK_PLACE, MENTEE_NO_SHOW = "took_place", "mentee_no_show"
OUTCOMES = (TOOK_PLACE, MENTEE_NO_SHOW)
COACH_NO_SHOW = "the coach did not come"

# What becomes of a series of which not every session fits.
ALL, FITTING = "all", "fitting"
MODES = (ALL, FITTING)
EVERY_WEEKS = (1, 2)
FEWEST, MOST = 2, 12

PROPOSED, ACCEPTED, WITHDRAWN, LAPSED, DONE = "proposed", "accepted", "withdrawn", "lapsed", "done"

CLAIMING = frozenset({HELD, REQUESTED, CONFIRMED})

NEXT: dict[str, frozenset[str]] = {
    HELD: frozenset({CONFIRMED, REQUESTED, EXPIRED, CANCELLED}),
    REQUESTED: frozenset({CONFIRMED, DECLINED, EXPIRED, CANCELLED}),
    CONFIRMED: frozenset({COMPLETED, CANCELLED}),
    # An admin found that the coach did not come.
    COMPLETED: frozenset({CANCELLED}),
    CANCELLED: frozenset(),
    # Money that comes after the hold lapsed claims the time again, if it is still there.
    EXPIRED: frozenset({CONFIRMED, REQUESTED}),
    DECLINED: frozenset(),
}

# Nobody marks a session: after a day without a word it counts as held.
COMPLETES_ITSELF_AFTER = timedelta(hours=24)
# How long before a session the two are reminded, by the name of the choice.
LEADS = {"day": timedelta(hours=24), "hour": timedelta(hours=1)}
FEED_LOOKS_BACK = timedelta(days=30)
# The way in opens a little early, and stays for sessions that run over.
MEETING_SHOWN_BEFORE = timedelta(minutes=10)
MEETING_SHOWN_AFTER = timedelta(hours=1)
# An authorisation may lapse a little before its time; we decide well before.
CAPTURE_MARGIN = timedelta(hours=12)


class Party(Protocol):
    """The ids that decide who is who."""

    mentee_id: uuid.UUID
    coach_id: uuid.UUID


@dataclass(frozen=True)
class Quote:
    """What cancelling now would do, in cents, and the sentence that says why."""

    refund_cents: int
    kept_cents: int
    why: str


def quote(
    terms: Terms,
    *,
    price_cents: int,
    starts_at: datetime,
    booked_at: datetime,
    now: datetime,
    by_coach: bool,
    at_most_cents: int | None = None,
) -> Quote:
    """The exact refund if the mentee, or the coach, cancels a paid session at `now`.

    `at_most_cents` is what would have come back when the mentee moved it: moving a session away is no way round
    the hours before it.
    """
    if by_coach:
        return Quote(price_cents, 0, "The coach cancels, so everything is refunded.")
    cents, why = terms.refund(price_cents, starts_at=starts_at, booked_at=booked_at, now=now)
    if at_most_cents is not None and at_most_cents < cents:
        cents = at_most_cents
        then = part(at_most_cents * 100 // price_cents)
        why = f"You moved it when {then} would have been refunded, and that is what is refunded now."
    return Quote(cents, price_cents - cents, why)


@dataclass(frozen=True)
class Occurrence:
    """One session of a series: what the coach's clock shows, and when that is (None: her clocks skip it)."""

    wall_clock: datetime
    starts_at: datetime | None


def occurrences(starts_at: datetime, zone: str, *, every_weeks: int, count: int) -> list[Occurrence]:
    """The same hour of the coach's clock, week after week, across every change of the clocks.

    Where clocks go back and the hour comes twice it is the first one, except for the first session itself.
    """
    place = ZoneInfo(zone)
    first = starts_at.astimezone(place)
    found = []
    for number in range(count):
        shown = first.replace(tzinfo=None) + timedelta(weeks=every_weeks * number)
        instant = shown.replace(tzinfo=place, fold=0 if number else first.fold).astimezone(UTC)
        exists = instant.astimezone(place).replace(tzinfo=None) == shown
        found.append(Occurrence(shown, instant if exists else None))
    return found


def fee_basis_points(paid_before_cents: int, loyal_after_cents: int, fee: int, loyal_fee: int) -> int:
    """Our fee for a pair that has paid so much already, in ten-thousandths."""
    return loyal_fee if paid_before_cents >= loyal_after_cents else fee


def shares(kept_cents: int, basis_points: int) -> tuple[int, int]:
    """What was kept as (coach, fee): every cent goes to one of them, the odd one to the coach."""
    coach, fee = split(kept_cents, [10_000 - basis_points, basis_points]) if kept_cents else (0, 0)
    return coach, fee


class Sold(Protocol):
    """What was paid, what went back, and what of that the platform or the coach alone gave beyond the terms."""

    @property
    def price_cents(self) -> int: ...
    @property
    def refunded_cents(self) -> int: ...
    @property
    def platform_paid_cents(self) -> int: ...
    @property
    def coach_paid_cents(self) -> int: ...
    @property
    def fee_basis_points(self) -> int: ...


def earned(sold: Sold, *, less_cents: int = 0, platform_cents: int = 0, coach_cents: int = 0) -> tuple[int, int]:
    """What was kept as (coach, fee), should `less_cents` more go back, of it so much at one side's cost.

    Whatever one side gave alone is shared as if it had been kept; a fee below zero is what it cost us.
    """
    kept = sold.price_cents - sold.refunded_cents - less_cents
    coach_paid = sold.coach_paid_cents + coach_cents
    as_if = kept + sold.platform_paid_cents + platform_cents + coach_paid
    coach = max(0, shares(as_if, sold.fee_basis_points)[0] - coach_paid)
    return coach, kept - coach


def decide_by(now: datetime, *, starts_at: datetime, request_hours: int, capture_before: datetime | None) -> datetime:
    """Until when a coach may answer a request: before it lapses, the session starts or the card's promise ends."""
    limits = [now + timedelta(hours=request_hours), starts_at]
    if capture_before is not None:
        limits.append(capture_before - CAPTURE_MARGIN)
    return min(limits)


def may_end(status: str, to: str) -> bool:
    """Does the table allow it?"""
    return to in NEXT[status]


def may_complete(*, ends_at: datetime, starts_at: datetime, outcome: str, now: datetime) -> bool:
    """A session took place once it is over; that nobody came is known after the waiting time."""
    if outcome == TOOK_PLACE:
        return now >= ends_at
    return now >= starts_at + waiting_time(ends_at - starts_at)


def waiting_time(length: timedelta) -> timedelta:
    """How long one waits for the other: 10 minutes in sessions of up to 30, else 15."""
    return timedelta(minutes=10 if length <= timedelta(minutes=30) else 15)


def may_cancel_as_mentee(*, starts_at: datetime, now: datetime) -> bool:
    """Until it starts."""
    return now < starts_at


def meeting_url(own: str | None, server: str, room: str) -> str:
    """Where the two meet: the coach's own link, or a room of theirs alone on the meeting server."""
    return own or f"{server.rstrip('/')}/{room}"


def meeting_shown(*, starts_at: datetime, ends_at: datetime) -> tuple[datetime, datetime]:
    """From when until when the way in stands on the page of a session."""
    return starts_at - MEETING_SHOWN_BEFORE, ends_at + MEETING_SHOWN_AFTER


def wants_reminder(choice: str, lead: str) -> bool:
    """Does somebody who chose so want the reminder of that lead?"""
    return choice in {"both", lead}


def reminder_window(lead: str, now: datetime) -> tuple[datetime, datetime]:
    """When the sessions begin whose reminder is due: after the first, until the second.

    One that was missed for long, because no worker ran, gives way to the next.
    """
    shorter = [other for other in LEADS.values() if other < LEADS[lead]]
    return now + max(shorter, default=timedelta()), now + LEADS[lead]


def releasable_at(terms: Terms, ends_at: datetime) -> datetime:
    """When the window for disputes is over and what was kept becomes the coach's."""
    return ends_at + timedelta(hours=terms.dispute_window_hours)


def is_too_late_to_move(terms: Terms, *, starts_at: datetime, now: datetime) -> bool:
    """A mentee moves a session while there is time left for somebody else to take it."""
    return starts_at - now < timedelta(hours=terms.reschedule_hours)


def moves_left(terms: Terms, moved: int) -> int:
    """How often a mentee who has moved a session `moved` times may move it still."""
    return max(0, terms.reschedules - moved)


def is_open_proposal(status: str, *, answer_by: datetime, booking_status: str, now: datetime) -> bool:
    """Does a proposed move still wait for its answer?"""
    return status == PROPOSED and booking_status == CONFIRMED and now < answer_by
