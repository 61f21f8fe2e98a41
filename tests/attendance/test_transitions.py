"""Which state of a report may follow which, in the table, the command and the database alike."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from marketplace.attendance import queries, service
from marketplace.attendance.models import NoShowReport
from marketplace.attendance.rules import STATES
from marketplace.attendance.transitions import ACTIONS, transition
from marketplace.audit.models import AuditEntry
from marketplace.db import session
from marketplace.states import TransitionRefused
from tests.factories import a_booking, a_coach, a_person, an_admin, an_offering, open_all_week
from tests.transitions import every_pair, states_of_the_database

START = datetime(2027, 3, 4, 10, tzinfo=UTC)


@pytest.fixture
def report(stripe, moment):
    """Mia reports that Ada did not come."""
    mia = a_person("Mia")
    booking = a_booking(mia, an_offering(open_all_week(a_coach("ada"))), START, stripe)
    moment.set(START + timedelta(minutes=15))
    service.report_no_show(mia, booking_id=booking.id)
    return queries.locked(booking.id)


def put(report, state):
    settled_at = report.reported_at if state in STATES.final else None
    session().execute(
        update(NoShowReport).where(NoShowReport.id == report.id).values(status=state, settled_at=settled_at)
    )
    session().refresh(report)


@pytest.mark.parametrize(("state", "to"), every_pair(STATES))
def test_a_report_moves_as_the_table_says_and_no_other_way(report, moment, state, to):
    admin = an_admin()
    put(report, state)
    moment.advance(minutes=5)
    if not STATES.allows(state, to):
        with pytest.raises(TransitionRefused):
            transition(report, to, by=admin.id)
        assert report.status == state
        return
    transition(report, to, by=admin.id, reason="Read.", refund_cents=6000, verdict="split")
    session().flush()
    session().refresh(report)
    assert report.status == to
    settled = (moment.now, admin.id, "Read.", 6000) if to in STATES.final else (None, None, None, None)
    assert (report.settled_at, report.settled_by, report.settled_why, report.refund_cents) == settled
    written = session().scalars(select(AuditEntry).where(AuditEntry.subject_id == str(report.booking_id))).all()
    assert (written[-1].action, written[-1].actor_id) == (ACTIONS[to], admin.id)
    assert written[-1].details == {"verdict": "split", "refund_cents": 6000}


def test_the_database_knows_the_same_states_and_refuses_others(report):
    assert states_of_the_database("no_show_reports") == set(STATES.states)
    assert ACTIONS.keys() == set(STATES.states) - {"open"}
    for facts in ({"status": "lost"}, {"status": "upheld"}, {"settled_at": START}):
        with pytest.raises(IntegrityError), session().begin_nested():
            session().execute(update(NoShowReport).where(NoShowReport.id == report.id).values(facts))
