"""An offer lapses while strangers ask for its time and the worker looks: for real, with threads and commits."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier

import pytest

from marketplace.bookings import queries as booking_queries
from marketplace.bookings.holds import expiry as hold_expiry
from marketplace.bookings.waitlist_entries import rules
from marketplace.bookings.waitlist_entries.models import WaitlistEntry
from marketplace.db import session
from marketplace.errors import Conflict
from marketplace.waitlist import service
from tests.factories import BRIEF, a_coach, a_hold, a_person, an_offering, weekly_hours

pytestmark = pytest.mark.real

THURSDAY_AT_TEN = datetime(2027, 3, 4, 10, tzinfo=UTC)
STRANGERS, ON_WAITLIST = 12, 3


# A process that holds and knows nothing of who makes offers.
HOLDS_ALONE = """
import sys, uuid
from datetime import datetime
from flask import Flask
from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.bookings.holds import service as holds
from marketplace.db import db, session

address, now, mentee_id, offering_id, starts_at = sys.argv[1:]
settings = config.Settings(app_env="test", database_url=address)
its_clock = clock.Clock()
its_clock.freeze(datetime.fromisoformat(now))
config.use(settings), clock.use(its_clock)
app = Flask("holds")
app.config["SQLALCHEMY_ENGINES"] = {"default": settings.sqlalchemy_url()}
db.init_app(app)
with app.app_context():
    assert "marketplace.waitlist" not in sys.modules
    mentee = session().get_one(User, uuid.UUID(mentee_id))
    try:
        holds.hold(
            mentee, offering_id=uuid.UUID(offering_id), starts_at=datetime.fromisoformat(starts_at), brief="Hello, Ada."
        )
    except holds.SlotTaken:
        print("taken")
    else:
        print("held")
"""


@pytest.fixture
def waitlist(real_app, moment):
    """An offering with one hour a week, for which three wait."""
    with real_app.app_context():
        coach = a_coach("ada")
        weekly_hours(coach, 3, "11:00", "12:00")
        offering = an_offering(coach)
        a_hold(a_person("Otto"), offering, THURSDAY_AT_TEN)
        days = {"starts_on": date(2027, 3, 1), "ends_on": date(2027, 3, 7)}
        entries = []
        for number in range(ON_WAITLIST):
            moment.advance(seconds=1)
            entries.append(service.join(a_person(f"W{number}"), offering_id=offering.id, brief=BRIEF, **days).id)
        return offering, entries, [a_person(f"Stranger{number}") for number in range(STRANGERS)]


def test_each_on_the_waitlist_is_offered_it_in_turn_and_no_stranger_gets_between(real_app, waitlist, moment):
    offering, entries, strangers = waitlist
    held_by_others = []
    for turn in range(ON_WAITLIST):
        moment.advance(minutes=20)
        gate = Barrier(STRANGERS + 2)

        def ask(stranger, gate=gate):
            with real_app.app_context():
                gate.wait()
                try:
                    held_by_others.append(a_hold(stranger, offering, THURSDAY_AT_TEN).id)
                except Conflict:
                    return

        def look(work, gate=gate):
            with real_app.app_context():
                gate.wait()
                work()

        with ThreadPoolExecutor(STRANGERS + 2) as threads:
            done = [threads.submit(ask, stranger) for stranger in strangers]
            done += [threads.submit(look, work) for work in (hold_expiry.expire_holds, service.offer_freed)]
            for one in done:
                one.result()
        with real_app.app_context():
            hold_expiry.expire_holds()
            service.offer_freed()
            states = [session().get_one(WaitlistEntry, entry_id).status for entry_id in entries]
            assert states[turn] == rules.OFFERED, states
            offered = session().get_one(WaitlistEntry, entries[turn])
            assert booking_queries.locked(offered.booking_id).status == "held"
    assert held_by_others == []


def test_a_process_that_knows_nothing_of_offers_keeps_the_promise_too(real_app, waitlist, moment):
    offering, entries, (stranger, *_) = waitlist
    moment.advance(minutes=20)

    def asked_by(mentee_id):
        known = (real_app.extensions["settings"].database_url, moment.now.isoformat())
        asked = (str(mentee_id), str(offering.id), THURSDAY_AT_TEN.isoformat())
        command = [sys.executable, "-c", HOLDS_ALONE, *known, *asked]
        done = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    with real_app.app_context():
        hold_expiry.expire_holds()
        longest = session().get_one(WaitlistEntry, entries[0]).mentee_id
    assert asked_by(stranger.id) == "taken"
    assert asked_by(longest) == "held"
