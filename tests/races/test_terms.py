"""A policy is revised while people hold times under it: each has the terms that were shown, or nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import text

from marketplace.accounts.models import User
from marketplace.db import session
from marketplace.invariants import queries as invariant_queries
from marketplace.policies import queries, service
from tests.doors import ApiClient
from tests.factories import BRIEF, a_coach, a_person, an_admin, an_offering, open_all_week

pytestmark = pytest.mark.real

PEOPLE = 12
TEN = datetime(2027, 3, 3, 8, tzinfo=UTC)


def test_nobody_holds_what_was_not_shown(real_app, moment):
    with real_app.app_context():
        offering_id = an_offering(open_all_week(a_coach("ada")), minutes=30).id
        programs = [ApiClient.of(real_app, a_person(f"Mentee{n}"), ("write",)) for n in range(PEOPLE)]
        alma, house = an_admin(), queries.current(None)
        shown, policy_id, version_id = queries.terms_of(house).sentences(), house.policy_id, str(house.id)
    gate = Barrier(PEOPLE + 1)

    def hold(number, program):
        gate.wait()
        starts_at = (TEN + timedelta(minutes=30 * number)).isoformat()
        wanted = {"offering_id": str(offering_id), "starts_at": starts_at, "brief": BRIEF}
        return program.post("/bookings", wanted | {"policy_version": version_id})

    def revise():
        with real_app.app_context():
            gate.wait()
            said = {"tiers": [(2, 100)], "grace_minutes": 0, "reschedules": 0, "reschedule_hours": 0}
            service.revise(session().get(User, alma.id), policy_id=policy_id, after_version=1, **said)

    with ThreadPoolExecutor(PEOPLE + 1) as threads:
        saying = threads.submit(revise)
        answers = list(threads.map(hold, range(PEOPLE), programs))
        saying.result()
    for answer in answers:
        assert answer.status_code in {201, 409}, answer.json
        if answer.status_code == 201:
            assert answer.json["policy"] == shown
        else:
            assert answer.json["sentences"][0].startswith("Cancel 2 hours or more before")
    with real_app.app_context():
        held = session().scalar(text("select count(*) from bookings where policy ->> 'version' = '1'"))
        assert held == sum(answer.status_code == 201 for answer in answers)
        assert [finding.invariant.name for finding in invariant_queries.evaluate() if not finding.well] == []
        late = programs[0].post(
            "/bookings",
            {
                "offering_id": str(offering_id),
                "starts_at": (TEN + timedelta(days=1)).isoformat(),
                "brief": BRIEF,
                "policy_version": version_id,
            },
        )
        assert late.status_code == 409
