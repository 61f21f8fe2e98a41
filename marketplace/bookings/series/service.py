"""What a series would come to, and the command that holds all of it, or what fits."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.bookings.holds import queries as hold_queries
from marketplace.bookings.holds.claims import claim
from marketplace.bookings.holds.service import check_licence, lock_for_hold
from marketplace.bookings.intro_credits.queries import credit_for
from marketplace.bookings.models import Booking
from marketplace.bookings.series import rules
from marketplace.bookings.series.models import BookingSeries
from marketplace.bookings.terms.service import TermsSnapshot, snapshot
from marketplace.coaches.models import Offering
from marketplace.coaches.queries import offering_for_booking
from marketplace.currencies import LARGEST_CHARGE_CENTS
from marketplace.db import session, transactional
from marketplace.errors import Conflict, Invalid
from marketplace.jobs import enqueue
from marketplace.languages import formats
from marketplace.languages import gettext as _
from marketplace.scheduling.queries import free_times


class SeriesDoesNotFit(Conflict):
    """Not every one of these times is free."""


@dataclass(frozen=True)
class PlannedSession:
    """One session of a series. `wall_clock` is what the coach's clock shows; `why_not` is '' where it fits."""

    wall_clock: datetime
    starts_at: datetime | None
    why_not: str = ""

    @property
    def fits(self) -> bool:
        """Can it be booked?"""
        return self.starts_at is not None and not self.why_not


def preview(
    offering: Offering, *, starts_at: datetime, every_weeks: int, count: int, mentee: User | None = None
) -> list[PlannedSession]:
    """What a series would come to for `mentee`, or for a passer-by, and what does not fit.

    Each session is at the same hour of the coach's own clock.
    """
    found = rules.occurrences(starts_at, offering.coach.timezone, every_weeks=every_weeks, count=count)
    return [
        PlannedSession(each.wall_clock, each.starts_at, _why_not(offering, each.starts_at, mentee)) for each in found
    ]


def _why_not(offering: Offering, starts_at: datetime | None, mentee: User | None) -> str:
    """Why it cannot be booked; ''."""
    if starts_at is None:
        return _("The clocks go forward over this hour.")
    if free_times.is_free(offering, starts_at):
        ends_at = starts_at + timedelta(minutes=offering.minutes)
        elsewhere = mentee is not None and hold_queries.coaching_then(mentee.id, starts_at, ends_at)
        return _("You coach a session then yourself.") if elsewhere else ""
    if starts_at > clock.now() + timedelta(days=offering.horizon_days):
        return _("It can be booked only %(days)s days ahead.", days=offering.horizon_days)
    if hold_queries.claimed(offering.coach_id, hold_queries.claimed_range(offering, starts_at)):
        return _("Somebody has booked this time.")
    return _("%(name)s is not free then.", name=offering.coach.user.name)


@transactional
def hold_series(
    mentee: User,
    *,
    offering_id: uuid.UUID,
    starts_at: datetime,
    every_weeks: int,
    count: int,
    brief: str,
    mode: str = rules.ALL,
    policy_version: uuid.UUID | None = None,
) -> Sequence[Booking]:
    """Claim every session of a series in one transaction, or with mode 'fitting' those that are free.

    Raises SeriesDoesNotFit naming what is not (then nothing is held), Invalid where all of it is too dear, and what
    `hold` raises of the person.
    """
    offering = offering_for_booking(offering_id)
    paid_cents = lock_for_hold(mentee, offering)
    planned = preview(offering, starts_at=starts_at, every_weeks=every_weeks, count=count, mentee=mentee)
    fitting = [each for each in planned if each.fits]
    if not fitting or (mode == rules.ALL and len(fitting) < len(planned)):
        raise _does_not_fit(offering, planned)
    if len(fitting) * offering.price_cents > LARGEST_CHARGE_CENTS:
        most = LARGEST_CHARGE_CENTS // offering.price_cents
        raise Invalid(
            count=_("All together is more than we can charge at once: take at most %(most)s sessions.", most=most)
        )
    terms = snapshot(offering, paid_cents=paid_cents, policy_version=policy_version)
    series = BookingSeries(
        mentee_id=mentee.id,
        coach_id=offering.coach_id,
        offering_id=offering.id,
        every_weeks=every_weeks,
        count=count,
        created_at=clock.now(),
    )
    session().add(series)
    session().flush()
    held = _claim_in_order(mentee, offering, terms, fitting, series.id, brief=brief, mode=mode)
    record(mentee.id, "series.held", series.id, sessions=len(held), every_weeks=every_weeks)
    enqueue("expire_hold", at=held[0].hold_expires_at, booking_id=str(held[0].id))
    return held


def _claim_in_order(
    mentee: User,
    offering: Offering,
    terms: TermsSnapshot,
    fitting: Sequence[PlannedSession],
    series_id: uuid.UUID,
    *,
    brief: str,
    mode: str,
) -> Sequence[Booking]:
    """Claim them by start; somebody may have been quicker with one, who needed no lock."""
    held, missed = [], []
    for planned in fitting:
        # Only what has an instant fits.
        assert planned.starts_at is not None
        check_licence(offering, planned.starts_at, None)
        # Once one is held, it is the first full session.
        credit = credit_for(mentee, offering)
        booking = claim(mentee, offering, planned.starts_at, terms, brief=brief, series_id=series_id, credit=credit)
        if booking is None:
            missed.append(PlannedSession(planned.wall_clock, planned.starts_at, _("Somebody has booked this time.")))
        else:
            held.append(booking)
    if missed and (mode == rules.ALL or not held):
        raise _does_not_fit(offering, missed)
    return held


def _does_not_fit(offering: Offering, planned: Sequence[PlannedSession]) -> SeriesDoesNotFit:
    missing = [each for each in planned if not each.fits]
    zone = offering.coach.timezone
    named = "; ".join(f"{wall_clock(each, zone)}: {each.why_not}" for each in missing)
    told = [{"wall_clock": each.wall_clock.isoformat(), "why": each.why_not} for each in missing]
    return SeriesDoesNotFit(_("Nothing is held, because this does not fit. %(named)s", named=named), missing=told)


def wall_clock(planned: PlannedSession, zone: str) -> str:
    """When it would be, as the coach's clock shows it: also where that clock skips the hour."""
    if planned.starts_at is not None:
        return clock.spoken(planned.starts_at, zone)
    shown = planned.wall_clock
    return f"{formats.day(shown.date())}, {formats.clock_time(shown)} ({formats.place(zone)})"
