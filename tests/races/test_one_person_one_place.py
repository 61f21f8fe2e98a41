"""Coaches who buy one another's hours while theirs are sold, through the API and for real: nobody is in two places."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import text, update

from marketplace import clock
from marketplace.bookings.holds import expiry as hold_expiry
from marketplace.bookings.models import Booking
from marketplace.db import begin_transaction, session
from marketplace.scheduling.queries import consistency
from marketplace.waitlist import service as waitlist
from tests.doors import ApiClient
from tests.factories import BRIEF, a_coach, a_hold, a_person, an_offering, open_all_week

pytestmark = pytest.mark.real

TEN = datetime(2027, 3, 3, 10, tzinfo=UTC)
STARTS = [TEN + timedelta(days=day, minutes=30 * step) for day in range(2) for step in range(10)]
COACHES, THREADS = 6, 6

# By the ends alone, which neither constraint nor trigger helps with.
ELSEWHERE = """
    select count(*) from bookings sold join coaches c on c.id = sold.coach_id
    join bookings bought on bought.mentee_id = c.user_id
    where sold.status in ('held', 'requested', 'confirmed') and bought.status in ('held', 'requested', 'confirmed')
      and lower(sold.blocked) < bought.ends_at and bought.starts_at < upper(sold.blocked)
"""


@pytest.fixture
def coaches(real_app, moment):
    """Coaches with an hour each, who may hold as many as they like."""
    with real_app.app_context():
        found = [open_all_week(a_coach(f"coach{number}")) for number in range(COACHES)]
        shapes = [{"minutes": 60, "buffer_after_minutes": 15 * (number % 2)} for number in range(COACHES)]
        offerings = [an_offering(coach, **shape) for coach, shape in zip(found, shapes, strict=True)]
        return [
            (coach, offering, ApiClient.of(real_app, coach.user, ("write",)))
            for coach, offering in zip(found, offerings, strict=True)
        ]


def hold(client, offering, starts_at):
    body = {"offering_id": str(offering.id), "starts_at": starts_at.isoformat(), "brief": BRIEF}
    return client.post("/bookings", body)


def nobody_is_in_two_places(real_app, coaches):
    with real_app.app_context():
        assert session().scalar(text(ELSEWHERE)) == 0
        for coach, _offering, _client in coaches:
            assert consistency.differences(session().get_one(type(coach), coach.id)) == []


def test_two_coaches_who_book_one_another_at_one_hour_never_both_have_it(real_app, coaches):
    for number in range(8):
        starts_at, gate = STARTS[2 * number % len(STARTS)] + timedelta(days=number // 5 * 2), Barrier(2)

        def buy(pair, starts_at=starts_at, gate=gate):
            (_coach, _own, client), (_other, offering, _client) = pair
            gate.wait()
            return hold(client, offering, starts_at).status_code

        with ThreadPoolExecutor(2) as threads:
            pairs = [(coaches[0], coaches[1]), (coaches[1], coaches[0])]
            told = sorted(threads.map(buy, pairs))
        assert told[0] == 201, told
        assert told[1] in {409, 422}, told
        with real_app.app_context():
            begin_transaction()
            session().execute(update(Booking).values(status="expired", ended_at=clock.now()))
            session().commit()
    nobody_is_in_two_places(real_app, coaches)


def test_coaches_who_buy_and_are_bought_in_a_storm_are_never_in_two_places(real_app, coaches):
    """Mentees, coaches, lapsed holds in the way, sweeps and offers at once: no deadlock is answered either."""
    chance = random.Random(20270303)
    with real_app.app_context():
        strangers = [ApiClient.of(real_app, a_person(f"Mentee{n}"), ("write",)) for n in range(60)]
        for n in range(COACHES):
            for at in (STARTS[3], STARTS[13]):
                buyer, (_coach, offering, _client) = coaches[n - 1][0].user, coaches[n]
                a_hold(buyer, offering, at + timedelta(hours=2 * (n % 2)))
        lapsed = {"hold_expires_at": clock.now() - timedelta(minutes=1)}
        begin_transaction()
        session().execute(update(Booking).values(**lapsed))
        session().commit()

    def sweep():
        with real_app.app_context():
            hold_expiry.expire_holds()
            waitlist.offer_freed()

    def ask(client):
        _coach, offering, _client = chance.choice(coaches)
        starts_at = chance.choice(STARTS)
        return lambda: hold(client, offering, starts_at).status_code

    work = [ask(client) for client in strangers]
    work += [ask(client) for _coach, _offering, client in coaches for _ in range(12)]
    work += [sweep] * 6
    chance.shuffle(work)
    with ThreadPoolExecutor(THREADS) as threads:
        told = Counter(threads.map(lambda task: task(), work))
    assert set(told) <= {201, 403, 409, 422, None}, told
    assert told[201] > 10
    with real_app.app_context():
        of_this = "select deadlocks from pg_stat_database where datname = current_database()"
        assert session().scalar(text(of_this)) == 0
    nobody_is_in_two_places(real_app, coaches)
