"""A first session that counts, used at two doors at one moment, through the API and for real."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import text

from marketplace.db import session, transactional
from marketplace.invariants import queries as invariants
from tests.doors import ApiClient
from tests.factories import BRIEF, a_coach, a_hold, a_person, an_offering, open_all_week

pytestmark = pytest.mark.real

MET = datetime(2027, 3, 2, 9, tzinfo=UTC)
DOORS = 2


@transactional
def took_place(booking_id):
    done = "update bookings set status = 'completed', outcome = 'took_place', confirmed_at = now() where id = :id"
    session().execute(text(done), {"id": booking_id})


def test_of_two_full_sessions_held_at_once_exactly_one_has_it_taken_off(real_app, moment):
    with real_app.app_context():
        ada, mia = open_all_week(a_coach("ada")), a_person()
        intro, full = an_offering(ada, minutes=30, price_cents=3000, intro=True), an_offering(ada)
        met = a_hold(mia, intro, MET)
        took_place(met.id)
        client = ApiClient.of(real_app, mia, ("write",))
    moment.set(MET + timedelta(hours=2))
    gate = Barrier(DOORS)

    def hold(number):
        gate.wait()
        starts_at = (MET + timedelta(days=2, hours=2 * number)).isoformat()
        return client.post("/bookings", {"offering_id": str(full.id), "starts_at": starts_at, "brief": BRIEF})

    with ThreadPoolExecutor(DOORS) as threads:
        answers = list(threads.map(hold, range(DOORS)))
    assert [answer.status_code for answer in answers] == [201] * DOORS
    assert sorted(answer.json["credit"]["amount"] for answer in answers) == [0, 3000]
    assert sorted(answer.json["price"]["amount"] for answer in answers) == [9000, 12000]
    with real_app.app_context():
        found = {each.invariant.name: each.well for each in invariants.evaluate()}
        assert found["intros_count_once"]
