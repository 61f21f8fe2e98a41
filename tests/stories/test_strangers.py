"""Every resource of the API: no token 401, a stranger's token 404, a mentee's on admin's 404 or 403; never data."""

import uuid
from datetime import UTC, date, datetime

import pytest

from marketplace.accounts import service as accounts
from marketplace.accounts.tokens import service as token_service
from marketplace.invoices import queries as invoice_queries
from marketplace.invoices.service import issuance
from marketplace.notes import service as notes
from tests.factories import a_booking, a_coach, a_person, an_offering, open_all_week

PUBLIC = {
    ("GET", "/api/v1/coaches"),
    ("GET", "/api/v1/search"),
    ("GET", "/api/v1/coaches/<handle>"),
    ("GET", "/api/v1/coaches/<handle>/answers"),
    ("GET", "/api/v1/coaches/<handle>/answers/<uuid:public_answer_id>"),
    ("GET", "/api/v1/coaches/<handle>/shelf"),
    ("GET", "/api/v1/coaches/<handle>/sponsorships"),
    ("POST", "/api/v1/coaches/<handle>/ask-preview"),
    ("GET", "/api/v1/coaches/<handle>/answering"),
    ("GET", "/api/v1/coaches/<handle>/more-available"),
    ("GET", "/api/v1/payer-links/<uuid:quote_id>/<secret>"),
    ("POST", "/api/v1/payer-links/<uuid:quote_id>/<secret>/pay"),
    ("GET", "/api/v1/offerings/<uuid:offering_id>/slots"),
    ("GET", "/api/v1/offerings/<uuid:offering_id>/series"),
    ("GET", "/api/v1/offerings/<uuid:offering_id>/policy"),
    ("GET", "/api/v1/policies"),
    ("GET", "/api/v1/openapi.json"),
    ("GET", "/api/v1/docs"),
    ("GET", "/api/v1/guide"),
    ("GET", "/api/v1/docs/<operation>"),
}
# What anybody with a token may ask for: it answers with what is hers, which is nothing yet.
OWN = ("/api/v1/me", "/api/v1/coach", "/api/v1/bookings", "/api/v1/coaches", "/api/v1/invoices")


@pytest.fixture
def things(stripe, moment):
    """One of everything that belongs to somebody."""
    ada, mia = open_all_week(a_coach("ada")), a_person("Mia")
    offering = an_offering(ada)
    booking = a_booking(mia, offering, datetime(2027, 3, 4, 10, tzinfo=UTC), stripe)
    token, _text = token_service.create_token(mia, name="hers", scopes=["read"])
    feed, _address = accounts.create_feed(mia, side="mentee")
    note = notes.write(ada.user, booking_id=booking.id, text="A private thought.", shared=False)
    issuance.issue_invoices(str(booking.payment_id))
    (invoice,) = invoice_queries.of_payment(booking.payment_id)
    return {
        "booking_id": booking.id,
        "offering_id": offering.id,
        "token_id": token.id,
        "feed_id": feed.id,
        "note_id": note.id,
        "invoice_id": invoice.id,
        "operation": "hold_booking",
        "coach_id": ada.id,
        "handle": "ada",
        "day": date(2027, 3, 5),
    }


def routes(app):
    """Every (method, path template) of the API."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/"):
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield method, rule.rule, rule


def address(app, rule, things):
    values = {name: things.get(name, uuid.uuid4()) for name in rule.arguments}
    return app.url_map.bind("localhost").build(rule.endpoint, values, method=None)[len("/api/v1") :]


def is_public(method, path):
    normal = path.replace("<string:", "<")
    return any(method == m and normal.rstrip("/") == p for m, p in PUBLIC)


def test_there_is_an_api_to_be_tested(app):
    assert len(list(routes(app))) > 30


def test_without_a_token_nothing_private_answers(app, things, anonymous_api):
    wrong = {}
    for method, path, rule in routes(app):
        answer = anonymous_api.call(method, address(app, rule, things), {} if method != "GET" else None)
        expected = 200 if is_public(method, path) else 401
        # Of what is public there may be none.
        if answer.status_code != expected and not (expected == 200 and answer.status_code in {200, 404, 422}):
            wrong[method, path] = answer.status_code
    assert wrong == {}


def test_a_strangers_token_opens_nothing_of_somebody_elses(app, things, api):
    noor = api(a_person("Noor"))
    wrong = {}
    for method, path, rule in routes(app):
        if is_public(method, path) or not rule.arguments or "/admin/" in path:
            continue
        answer = noor.call(method, address(app, rule, things), BODIES.get(rule.rule.rsplit("/", 1)[-1], {}))
        # 415 says nothing of what is there: it is answered before anything is looked up.
        if answer.status_code not in {403, 404, 415, 422} or (method == "GET" and answer.status_code != 404):
            wrong[method, path] = answer.status_code
        assert b"private thought" not in answer.data
    assert wrong == {}


# Bodies that would be accepted of the right person, so that a refusal is one of permission.
BODIES = {
    "cancel": {"expected_refund": {"amount": 12000, "currency": "usd"}},
    "complete": {"outcome": "took_place"},
    "reschedule": {"starts_at": "2027-03-05T10:00:00+00:00"},
    "reschedules": {"starts_at": "2027-03-05T10:00:00+00:00"},
    "notes": {"text": "Not mine to write.", "shared": False},
}


def test_a_mentees_token_opens_nothing_of_the_admins(app, things, api):
    mia = api(a_person("Mia"))
    wrong = {}
    for method, path, rule in routes(app):
        if "/admin/" in path:
            answer = mia.call(method, address(app, rule, things), {} if method != "GET" else None)
            if answer.status_code not in {403, 404}:
                wrong[method, path] = answer.status_code
    assert wrong == {}


def test_pages_of_the_admins_are_not_there_for_others(app, things, client, browser_of):
    mia = browser_of(a_person("Mia"))
    wrong = {}
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/admin") and "GET" in rule.methods:
            values = {name: things.get(name, uuid.uuid4()) for name in rule.arguments}
            path = app.url_map.bind("localhost").build(rule.endpoint, values)
            seen = (client.get(path).status_code, mia.get(path).status_code)
            if seen[0] not in {302, 404} or seen[1] != 404:
                wrong[path] = seen
    assert wrong == {}
