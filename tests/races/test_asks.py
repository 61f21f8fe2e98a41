"""Fifty people ask for the last open places of a coach, at one moment, through the API and for real."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import text

from marketplace.asks.models import AskDraft
from marketplace.asks.rules import codes
from marketplace.asks.service import choices, drafts
from marketplace.db import session
from marketplace.errors import FairhourError
from marketplace.invariants import queries as invariant_queries
from tests.asks.conftest import BRIEF
from tests.doors import ApiClient
from tests.factories import a_coach, a_person, an_offering

pytestmark = pytest.mark.real

PEOPLE, PLACES = 50, 3
LIMITS = {"per_week": 100, "closed_until": None, "least_points": 0, "sentences": {}}
ASK = BRIEF | {"by_when": "2027-03-20", "coach": "ada"}


@pytest.fixture
def ada(real_app, moment):
    with real_app.app_context():
        ada = a_coach("ada")
        an_offering(ada)
        return ada


def at_once(deeds):
    gate = Barrier(len(deeds))

    def do(deed):
        gate.wait()
        return deed()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(do, deeds))


def waiting(real_app):
    with real_app.app_context():
        assert [finding.invariant.name for finding in invariant_queries.evaluate() if not finding.well] == []
        return session().scalar(text("select count(*) from asks where status = 'open'"))


@pytest.mark.parametrize("limit", ["open_at_most", "per_week"])
def test_as_many_are_taken_as_there_are_places_and_the_others_are_told(real_app, ada, limit):
    with real_app.app_context():
        choices.choose(ada.user, **LIMITS | {"open_at_most": 100, limit: PLACES})
        clients = [ApiClient.of(real_app, a_person(f"P{number}"), ("write",)) for number in range(PEOPLE)]
    answers = at_once([lambda c=client: c.post("/asks", ASK) for client in clients])
    assert Counter(answer.status_code for answer in answers) == {201: PLACES, 409: PEOPLE - PLACES}
    assert waiting(real_app) == PLACES


def test_one_person_at_many_doors_has_one_open_ask(real_app, ada):
    with real_app.app_context():
        client = ApiClient.of(real_app, a_person(), ("write",))
    answers = at_once([lambda: client.post("/asks", ASK)] * 12)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 11}
    assert waiting(real_app) == 1


def test_a_code_is_tried_five_times_however_many_try_at_once(real_app, ada):
    with real_app.app_context():
        stranger = {"email": "nia@example.com", "name": "Nia", "timezone": "UTC", "locale": "en"}
        draft_id = drafts.begin(handle="ada", fields=BRIEF, **stranger).id

    def guess():
        with real_app.app_context():
            try:
                drafts.confirm(draft_id, code="no digit")
            except FairhourError as refusal:
                return type(refusal).__name__

    assert Counter(at_once([guess] * 20)) == {"Invalid": codes.TRIES, "CodeSpent": 20 - codes.TRIES}
    with real_app.app_context():
        assert session().get(AskDraft, draft_id).tries == codes.TRIES
