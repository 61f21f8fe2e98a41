"""Two hundred requests around the same hours, half of them moves, through the API and for real."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text, update

from marketplace import clock
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.holds import expiry as hold_expiry
from marketplace.bookings.models import Booking
from marketplace.bookings.waitlist_entries.models import WaitlistEntry
from marketplace.db import begin_transaction, session
from marketplace.waitlist import service as waitlist
from tests.doors import ApiClient
from tests.factories import BRIEF, a_coach, a_hold, a_person, an_offering, open_all_week, weekly_hours

pytestmark = pytest.mark.real

THREADS = 16
NINE = datetime(2027, 3, 3, 8, tzinfo=UTC)
# Every quarter of an hour of three mornings: far too few for everybody.
STARTS = [NINE + timedelta(days=day, minutes=15 * step) for day in range(3) for step in range(16)]
SHAPES = [(30, 0, 0), (45, 0, 15), (60, 10, 10), (90, 0, 30)]

# By the ends of the claims alone, which no index or constraint helps with.
OVERLAPS = """
    select count(*) from bookings a join bookings b on a.coach_id = b.coach_id and a.id < b.id
    where a.status in ('held', 'requested', 'confirmed') and b.status in ('held', 'requested', 'confirmed')
      and lower(a.blocked) < upper(b.blocked) and lower(b.blocked) < upper(a.blocked)
"""


@pytest.fixture
def offerings(real_app, moment):
    """One coach's sessions of four lengths, with and without buffers."""
    with real_app.app_context():
        ada = open_all_week(a_coach("ada"))
        return [
            an_offering(ada, minutes=minutes, buffer_before_minutes=before, buffer_after_minutes=after)
            for minutes, before, after in SHAPES
        ]


def confirmed(mentee, offering, starts_at, *, moves=1000):
    """A session that stands, without its money, that may be moved so often."""
    booking = a_hold(mentee, offering, starts_at)
    sold = {"status": "confirmed", "confirmed_at": clock.now(), "policy": booking.policy | {"reschedules": moves}}
    begin_transaction()
    session().execute(update(Booking).where(Booking.id == booking.id).values(**sold))
    session().commit()
    return booking.id


@pytest.fixture
def booked(real_app, offerings):
    """Sessions of six people two hours apart, and lapsed holds of others between them that nobody has swept."""
    with real_app.app_context():
        lapsed = [a_hold(a_person(f"Gone{n}"), offerings[0], STARTS[16 * n + 12]).id for n in range(3)]
        long_ago = {"hold_expires_at": clock.now() - timedelta(minutes=1)}
        begin_transaction()
        session().execute(update(Booking).where(Booking.id.in_(lapsed)).values(**long_ago))
        session().commit()
        return [
            (
                confirmed(mentee, offerings[n % 4], STARTS[16 * (n % 3) + 8 * (n // 3 % 2)]),
                ApiClient.of(real_app, mentee, ("write",)),
            )
            for n, mentee in enumerate(a_person(f"Mover{n}") for n in range(6))
        ]


def rows(real_app):
    with real_app.app_context():
        return {row.id: row for row in session().scalars(select(Booking))}


def test_two_hundred_holds_and_moves_leave_no_overlap_and_lose_nothing(real_app, offerings, booked):
    chance = random.Random(20270303)
    with real_app.app_context():
        people = [ApiClient.of(real_app, a_person(f"Holder{n}"), ("write",)) for n in range(100)]

    def somewhere():
        return {"starts_at": chance.choice(STARTS).isoformat()}

    def a_session():
        return {"offering_id": str(chance.choice(offerings).id), "brief": BRIEF}

    holds = [(person, "/bookings", a_session() | somewhere()) for person in people]
    moves = [
        (mover, f"/bookings/{key}/reschedule", somewhere())
        for key, mover in (chance.choice(booked) for _ in range(100))
    ]
    work = [*holds, *moves, *[None] * 12]
    chance.shuffle(work)

    def run(task):
        if task is None:
            with real_app.app_context():
                hold_expiry.expire_holds()
                waitlist.offer_freed()
            return None
        client, path, body = task
        answer = client.post(path, body)
        return path, answer.status_code, answer.json

    with ThreadPoolExecutor(THREADS) as threads:
        answers = [answer for answer in threads.map(run, work) if answer is not None]
    told = Counter((path == "/bookings", status) for path, status, _body in answers)
    assert {status for _hold, status in told} <= {200, 201, 409, 422}, told
    assert told[True, 201] > 0
    assert told[False, 200] > 0
    after = rows(real_app)
    with real_app.app_context():
        assert session().scalar(text(OVERLAPS)) == 0
    held = [body for path, status, body in answers if path == "/bookings" and status == 201]
    lost = [b["id"] for b in held if not _stands(after, b, "held")]
    assert lost == []
    for key, _mover in booked:
        moved = [body["starts_at"] for path, status, body in answers if str(key) in path and status == 200]
        assert after[key].status == "confirmed"
        assert after[key].sequence == len(moved)
        assert not moved or after[key].starts_at.isoformat() in moved


def _stands(after, told, status):
    row = next(row for key, row in after.items() if str(key) == told["id"])
    return (row.status, row.starts_at.isoformat()) == (status, told["starts_at"])


def test_two_people_who_want_one_anothers_time_never_both_have_it_and_never_lose_theirs(real_app, offerings):
    with real_app.app_context():
        mia, noor = a_person("Mia"), a_person("Noor")
        keys = [confirmed(mia, offerings[2], STARTS[0]), confirmed(noor, offerings[2], STARTS[8])]
        clients = [ApiClient.of(real_app, person, ("write",)) for person in (mia, noor)]
    before = [rows(real_app)[key].starts_at for key in keys]

    def swap(who):
        body = {"starts_at": before[1 - who].isoformat()}
        return clients[who].post(f"/bookings/{keys[who]}/reschedule", body).status_code

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(swap, [0, 1] * 10)) == [409] * 20
    assert [rows(real_app)[key].starts_at for key in keys] == before


def test_series_that_cross_one_another_are_whole_or_not_there(real_app, offerings):
    with real_app.app_context():
        people = [ApiClient.of(real_app, a_person(f"Weekly{n}"), ("write",)) for n in range(THREADS)]

    def run(task):
        number, client = task
        plan = {"every_weeks": 1 + number % 2, "count": 4, "brief": BRIEF, "mode": "all"}
        starts_at = STARTS[number % 3] + timedelta(weeks=number % 2)
        return client.post(
            "/series", plan | {"offering_id": str(offerings[number % 4].id), "starts_at": starts_at.isoformat()}
        )

    with ThreadPoolExecutor(THREADS) as threads:
        answers = list(threads.map(run, enumerate(people)))
    assert {answer.status_code for answer in answers} == {201, 409}
    with real_app.app_context():
        assert session().scalar(text(OVERLAPS)) == 0
        sizes = session().execute(text("select count(*) from bookings group by series_id")).scalars().all()
    assert set(sizes) == {4}


def test_a_freed_time_is_offered_once_however_many_workers_look(real_app, moment):
    """Beth has one hour in all the days that can be booked, and eight wait for it."""
    with real_app.app_context():
        beth, otto = a_coach("beth"), a_person("Otto")
        weekly_hours(beth, 2, "10:00", "11:00")
        only = an_offering(beth, horizon_days=5)
        key = confirmed(otto, only, datetime(2027, 3, 3, 9, tzinfo=UTC))
        days = {"starts_on": NINE.date(), "ends_on": (NINE + timedelta(days=20)).date()}
        for number in range(8):
            waitlist.join(a_person(f"Waits{number}"), offering_id=only.id, brief=BRIEF, **days)
        cancellations.cancel(otto, booking_id=key, expected_refund_cents=12000)

    def look(_):
        with real_app.app_context():
            waitlist.offer_freed()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(look, range(8)))
    with real_app.app_context():
        entries = session().scalars(select(WaitlistEntry).order_by(WaitlistEntry.queued_at, WaitlistEntry.id)).all()
        assert [entry.status for entry in entries] == ["offered"] + ["waiting"] * 7
        assert session().scalar(text(OVERLAPS)) == 0
