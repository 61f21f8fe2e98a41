"""What is kept is what would be computed, whatever happens in whatever order; and what is shown can be booked."""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, or_, select, text, update
from sqlalchemy.dialects.postgresql import Range, insert
from sqlalchemy.exc import IntegrityError

from marketplace.bookings.holds import service as holds
from marketplace.bookings.models import Booking
from marketplace.calendars.models import BusyTime, Calendar
from marketplace.coaches.models import Coach, Offering
from marketplace.coaches.service import profiles
from marketplace.db import session, uuid7
from marketplace.scheduling.models import FreeRange, Opening, TimeOff
from marketplace.scheduling.queries import consistency as free_time_consistency
from marketplace.scheduling.queries import free_times
from marketplace.scheduling.service import date_overrides, projection, time_off, weekly_hours
from tests.conftest import START, Moment
from tests.factories import BRIEF, a_coach, a_person, an_admin, an_offering, open_all_week

OPERATIONS = 2000
CLAIMING = ("held", "requested", "confirmed")


class Life:
    """One coach's days, at random and always the same."""

    def __init__(self, coach: Coach, offering: Offering, moment: Moment, seed: int) -> None:
        self.coach, self.offering, self.moment = coach, offering, moment
        self.chance = random.Random(seed)
        self.mentee = a_person("Max")
        self.other = an_offering(a_coach("zoe"))
        self.calendar = Calendar(coach_id=coach.id, kind="ics", name="Work", sealed=b"", hint="x", next_read_at=START)
        session().add(self.calendar)
        session().commit()

    def some_time(self) -> tuple[datetime, datetime]:
        begins = self.moment.now + timedelta(minutes=5 * self.chance.randrange(12 * 24 * 50))
        return begins, begins + timedelta(minutes=5 * self.chance.randrange(2, 60))

    def some_day(self) -> date:
        return self.moment.now.date() + timedelta(days=self.chance.randrange(1, 55))

    def claim(self) -> None:
        begins, ends = self.some_time()
        around = [timedelta(minutes=self.chance.choice((0, 0, 15, 90))) for _ in range(2)]
        row: dict[str, Any] = {
            "id": uuid7(), "coach_id": self.coach.id, "mentee_id": self.mentee.id, "offering_id": self.offering.id,
            "status": self.chance.choice(CLAIMING), "starts_at": begins, "ends_at": ends,
            "blocked": Range(begins - around[0], ends + around[1]), "hold_expires_at": begins + timedelta(days=90),
            "brief": BRIEF, "title": "t", "kind": "mentor", "by_approval": False, "price_cents": 1, "currency": "usd",
            "fee_basis_points": 0, "policy": {},
        }  # fmt: skip
        session().execute(insert(Booking).values(row).on_conflict_do_nothing())

    def buy(self) -> None:
        """An hour of another coach's, by the coach as a mentee."""
        begins, ends = self.some_time()
        row: dict[str, Any] = {
            "id": uuid7(), "coach_id": self.other.coach_id, "mentee_id": self.coach.user_id,
            "offering_id": self.other.id, "status": self.chance.choice(CLAIMING), "starts_at": begins, "ends_at": ends,
            "blocked": Range(begins - timedelta(minutes=15), ends), "hold_expires_at": begins + timedelta(days=90),
            "brief": BRIEF, "title": "t", "kind": "mentor", "by_approval": False, "price_cents": 1, "currency": "usd",
            "fee_basis_points": 0, "policy": {},
        }  # fmt: skip
        session().execute(insert(Booking).values(row).on_conflict_do_nothing())

    def some_claim(self) -> Any:
        mine = or_(Booking.coach_id == self.coach.id, Booking.mentee_id == self.coach.user_id)
        claiming = select(Booking.id).where(mine, Booking.status.in_(CLAIMING))
        ids = session().scalars(claiming.order_by(Booking.id)).all()
        return self.chance.choice(ids) if ids else None

    def give_back(self) -> None:
        status = self.chance.choice(("cancelled", "expired", "declined", "completed"))
        values = {"status": status, "outcome": "took_place" if status == "completed" else None}
        session().execute(update(Booking).where(Booking.id == self.some_claim()).values(values))

    def advance(self) -> None:
        values = {"status": self.chance.choice(CLAIMING)}
        session().execute(update(Booking).where(Booking.id == self.some_claim()).values(values))

    def move(self) -> None:
        begins, ends = self.some_time()
        values = {"starts_at": begins, "ends_at": ends, "blocked": Range(begins, ends + timedelta(minutes=10))}
        try:
            with session().begin_nested():
                session().execute(update(Booking).where(Booking.id == self.some_claim()).values(values))
        except IntegrityError:
            return

    def busy(self) -> None:
        rows = [
            {"id": uuid7(), "calendar_id": self.calendar.id, "coach_id": self.coach.id, "starts_at": a, "ends_at": b}
            for a, b in (self.some_time() for _ in range(self.chance.randrange(1, 5)))
        ]
        session().execute(insert(BusyTime).values(rows).on_conflict_do_nothing())

    def not_busy(self) -> None:
        ids = session().scalars(select(BusyTime.id).order_by(BusyTime.id)).all()
        gone = self.chance.sample(ids, min(len(ids), self.chance.randrange(1, 8)))
        session().execute(delete(BusyTime).where(BusyTime.id.in_(gone)))

    def busy_longer(self) -> None:
        later = BusyTime.ends_at + timedelta(minutes=35)
        session().execute(update(BusyTime).where(BusyTime.coach_id == self.coach.id).values(ends_at=later))

    def away(self) -> None:
        first = self.some_day()
        last = first + timedelta(days=self.chance.randrange(3))
        time_off.add_time_off(self.coach.user, starts_on=first, ends_on=last)

    def back(self) -> None:
        found = session().scalars(select(TimeOff.id).where(TimeOff.coach_id == self.coach.id)).first()
        if found is not None:
            time_off.remove_time_off(self.coach.user, time_off_id=found)

    def other_week(self) -> None:
        days = self.chance.sample(range(7), self.chance.randrange(8))
        hours = [
            {"weekday": day, "start": start, "end": end}
            for day in days
            for start, end in (("07:30", "11:00"), ("13:00", "17:45"), ("21:00", "01:30"))
            if self.chance.random() < 0.8
        ]
        weekly_hours.set_weekly_hours(self.coach.user, hours=hours)

    def other_dates(self) -> None:
        days = {self.some_day() for _ in range(self.chance.randrange(6))}
        choices: list[dict[str, Any]] = [
            {"kind": "closed"},
            {"kind": "hours", "start": "12:00", "end": "14:00"},
            {"kind": "extra", "start": "18:00", "end": "23:00"},
        ]
        dates = [{"date": day} | self.chance.choice(choices) for day in sorted(days)]
        date_overrides.set_overrides(self.coach.user, overrides=dates)

    def holidays(self) -> None:
        time_off.keep_holidays(self.coach.user, country=self.chance.choice([None, "DE", "US"]))

    def another_zone(self) -> None:
        zone = self.chance.choice(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])
        profiles.edit_profile(self.coach.user, timezone=zone)
        projection.expand_openings(str(self.coach.id))

    def tomorrow(self) -> None:
        self.moment.advance(hours=self.chance.randrange(1, 40))
        projection.roll_openings()

    def step(self) -> None:
        usual: list[Callable[[], None]] = (
            [self.claim] * 6 + [self.buy] * 3 + [self.give_back] * 3 + [self.move] * 3 + [self.advance]
        )
        others = [self.busy, self.not_busy, self.busy, self.away, self.back]
        seldom = [self.other_week, self.other_dates, self.busy_longer, self.holidays, self.another_zone, self.tomorrow]
        chosen = self.chance.choice([usual] * 10 + [others] * 4 + [seldom])
        self.chance.choice(chosen)()
        session().commit()


@pytest.mark.slow
def test_after_two_thousand_operations_what_is_kept_is_what_is_computed(moment: Moment) -> None:
    coach = open_all_week(a_coach("ada"), "08:00", "19:00")
    other = open_all_week(a_coach("bea"))
    life = Life(coach, an_offering(coach), moment, seed=3)
    for number in range(OPERATIONS):
        life.step()
        if number % 50 == 0:
            assert free_time_consistency.differences(coach) == [], number
    assert free_time_consistency.differences(coach) == []
    assert free_time_consistency.differences(other) == []
    counts = dict(session().execute(text("select status, count(*) from bookings group by 1")).all())
    assert min(counts.values()) > 10, counts


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 4))])
def test_every_time_that_is_shown_can_be_booked_and_no_other(moment: Moment, seed: int) -> None:
    coach = open_all_week(a_coach("ada"), "20:00", "24:00")
    chance = random.Random(seed)
    buffers = {"buffer_before_minutes": chance.choice((0, 45)), "buffer_after_minutes": chance.choice((0, 30))}
    offering = an_offering(coach, minutes=50, start_step_minutes=10, max_per_day=3, **buffers)
    life = Life(coach, an_offering(coach), moment, seed)
    for _ in range(40):
        life.step()
    start = moment.now
    shown = free_times.free_times(offering, start=start, end=start + timedelta(days=5))
    all_starts = [start + timedelta(minutes=5 * number) for number in range(5 * 288)]
    assert [at for at in all_starts if free_times.is_free(offering, at)] == shown
    for at in chance.sample(shown, min(len(shown), 8)):
        held = holds.hold(a_person("Nina"), offering_id=offering.id, starts_at=at, brief=BRIEF)
        assert (held.status, held.starts_at) == ("held", at)
        session().execute(update(Booking).where(Booking.id == held.id).values(status="expired"))
        session().commit()


def test_what_is_kept_answers_as_what_is_computed(moment: Moment) -> None:
    coach = open_all_week(a_coach("ada"), "08:00", "19:00")
    offering = an_offering(coach, buffer_before_minutes=30, buffer_after_minutes=60, horizon_days=40)
    life = Life(coach, offering, moment, seed=9)
    for _ in range(60):
        life.claim()
        life.busy()
    session().commit()
    window = {"start": moment.now, "end": moment.now + timedelta(days=45)}
    kept = free_times.free_times(offering, **window)
    assert kept
    assert kept == free_times.free_times(offering, **window, ignoring=uuid7())


def test_a_mistake_in_what_is_kept_is_told_and_repaired_only_when_asked(moment: Moment, mailbox, run_jobs) -> None:
    coach, admin = open_all_week(a_coach("ada")), an_admin()
    session().execute(delete(FreeRange).where(FreeRange.starts_at < START + timedelta(days=3)))
    session().execute(update(Opening).values(ends_at=Opening.ends_at + timedelta(minutes=1)))
    session().commit()
    projection.check_free_ranges()
    run_jobs()
    assert [mail["To"] for mail in mailbox] == [admin.email]
    assert "@ada" in mailbox[0].get_body(("plain",)).get_content()
    assert free_time_consistency.differences(coach)
    assert projection.repair_free_ranges("ada") == 1
    assert free_time_consistency.differences(coach) == []
    mailbox.clear()
    projection.check_free_ranges()
    run_jobs()
    assert list(mailbox) == []


def test_rolling_on_touches_only_what_is_new(moment: Moment) -> None:
    coach = open_all_week(a_coach("ada"))
    before = (
        session().execute(text("select starts_at, ctid from free_ranges where coach_id = :id"), {"id": coach.id}).all()
    )
    moment.advance(days=1)
    projection.roll_openings()
    after = (
        session().execute(text("select starts_at, ctid from free_ranges where coach_id = :id"), {"id": coach.id}).all()
    )
    assert len(after) == len(before)
    assert len(set(after) & set(before)) >= len(before) - 2
    assert free_time_consistency.differences(coach) == []
