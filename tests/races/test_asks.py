"""Fifty people ask for the last open places of a coach, at one moment, through the API and for real."""

import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import text

from marketplace.asks.models import AskDraft
from marketplace.asks.quotes import service as quotes
from marketplace.asks.rules import codes
from marketplace.asks.service import choices, drafts, sending
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.db import session
from marketplace.errors import FairhourError
from marketplace.invariants import queries as invariant_queries
from marketplace.payments import queries as payments
from tests.asks.conftest import BRIEF
from tests.doors import ApiClient
from tests.factories import a_coach, a_person, an_offering, open_all_week

pytestmark = pytest.mark.real

PEOPLE, PLACES = 50, 3
FIRST = datetime(2027, 3, 3, 8, tzinfo=UTC)
LIMITS = {"per_week": 100, "closed_until": None, "least_points": 0, "sentences": {}}
ASK = BRIEF | {"by_when": "2027-03-20", "coach": "ada"}


@pytest.fixture
def ada(real_app, moment):
    with real_app.app_context():
        ada = open_all_week(a_coach("ada"))
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


@pytest.mark.parametrize("apart", [0, 1])
def test_of_fifty_who_take_one_quote_one_holds_a_time_and_one_session_is_paid(real_app, ada, stripe, apart):
    """Each at the same time, or each at another: the quote is taken once."""
    with real_app.app_context():
        mia = a_person()
        ask = sending.send(mia, handle="ada", **BRIEF)
        quote = quotes.quote(ada.user, ask_id=ask.id, minutes=45, price_cents=None, note="")
        client = ApiClient.of(real_app, mia, ("write", "money"))
    times = [FIRST + timedelta(days=number // 8 * apart, hours=number % 8 * apart) for number in range(PEOPLE)]
    path = f"/quotes/{quote.id}/hold"
    answers = at_once([lambda t=time: client.post(path, {"starts_at": t.isoformat()}) for time in times])
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: PEOPLE - 1}
    (held,) = (answer.json for answer in answers if answer.status_code == 201)
    pages = at_once([lambda: client.post(f"/bookings/{held['id']}/pay")] * 12)
    assert {page.status_code for page in pages} == {200}
    with real_app.app_context():
        payment = payments.of_subject(uuid.UUID(held["id"]))
        stripe.pay(payment.checkout_id)
        payment_outcomes.settle_payment(str(payment.id))
    at_once([lambda: in_context(real_app, quotes.settle_quotes)] * 4)
    with real_app.app_context():
        found = session().execute(
            text("select q.status, b.status from quotes q join bookings b on b.id = q.booking_id")
        )
        assert [tuple(row) for row in found] == [("paid", "confirmed")]
        assert session().scalar(text("select count(*) from bookings")) == 1
        assert [finding.invariant.name for finding in invariant_queries.evaluate() if not finding.well] == []


def test_a_quote_is_either_taken_or_replaced_or_withdrawn(real_app, ada):
    with real_app.app_context():
        mia = a_person()
        ask = sending.send(mia, handle="ada", **BRIEF)
        quote = quotes.quote(ada.user, ask_id=ask.id, minutes=45, price_cents=None, note="")
        mentee, coach = (ApiClient.of(real_app, person, ("write",)) for person in (mia, ada.user))
    deeds = [
        lambda: mentee.post(f"/quotes/{quote.id}/hold", {"starts_at": FIRST.isoformat()}),
        lambda: coach.post(f"/asks/{ask.id}/quotes", {"minutes": 30}),
        lambda: coach.post(f"/asks/{ask.id}/decline", {"reason": "no_time"}),
        lambda: mentee.post(f"/asks/{ask.id}/withdraw"),
    ]
    answers = at_once(deeds * 4)
    assert {answer.status_code for answer in answers} <= {200, 201, 409}
    with real_app.app_context():
        rows = session().execute(
            text("select q.status, b.status from quotes q left join bookings b on b.id = q.booking_id")
        )
        states = [tuple(row) for row in rows]
        live = [row for row in states if row[0] in {"sent", "held"}]
        ended = session().scalar(text("select ended_at is not null from asks"))
        assert len(live) == (0 if ended else 1)
        assert [row for row in states if row[1] is not None] in ([], [("held", "held")])


def in_context(app, work):
    with app.app_context():
        work()
