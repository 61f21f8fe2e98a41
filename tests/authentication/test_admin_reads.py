"""Admins do not look at people's data unseen: each look is one line of the record, with no word of what it said."""

import pytest
from sqlalchemy import select, text

from marketplace.audit.models import READ, AuditEntry
from marketplace.authentication import admin_reads_table as table
from marketplace.db import session
from tests.authentication.reading import text_of
from tests.factories import a_booking, a_person, an_admin
from tests.scenes import TEN


def looks():
    return session().scalars(select(AuditEntry).where(AuditEntry.action == READ).order_by(AuditEntry.id)).all()


@pytest.fixture
def booking(stripe, mia, offering):
    return a_booking(mia, offering, TEN, stripe)


@pytest.fixture
def browser(alma, browser_of):
    return browser_of(alma)


def is_of_admins(rule):
    return rule.rule.startswith(("/admin", "/api/v1/admin"))


def test_every_address_of_admins_is_in_the_table(app):
    rules = [rule for rule in app.url_map.iter_rules() if is_of_admins(rule) and "GET" in rule.methods]
    assert len(rules) > 50
    untold = {rule.endpoint for rule in rules if table.kind_of(rule.endpoint) is None} - set(table.NOTHING_PERSONAL)
    assert untold == set()


def test_the_table_has_no_address_that_is_gone(app):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert (set(table.ENDPOINTS_OF_ADMINS) | set(table.NOTHING_PERSONAL)) - endpoints == set()
    assert (set(table.OF_ADMINS) | set(table.SHARED)) - {endpoint.partition(".")[0] for endpoint in endpoints} == set()


def test_a_person_is_looked_at_in_one_line(browser, alma, mia):
    page = browser.get(f"/admin/people/{mia.id}")
    assert mia.email in text_of(page)
    (look,) = looks()
    assert (look.actor_id, look.subject_id) == (alma.id, str(mia.id))
    assert look.details["what"] == "people"
    assert look.details["people"] == [str(mia.id)]
    assert mia.email not in str(look.details)


def test_a_list_of_people_is_one_line(browser):
    others = {str(an_admin(f"Admin {number}").id) for number in range(5)}
    browser.get("/admin/people")
    (look,) = looks()
    assert others <= set(look.details["people"])
    assert look.details["counted"] == len(look.details["people"])


def test_the_session_of_others_is_recorded_and_ones_own_is_not(
    browser, browser_of, booking, alma, mia, ada, stripe, offering
):
    browser.get(f"/sessions/{booking.id}")
    (look,) = looks()
    assert (look.subject_id, look.details["what"]) == (str(booking.id), "sessions")
    assert str(mia.id) in look.details["people"]
    assert str(ada.id) in look.details["coaches"]
    for person in (mia, ada.user):
        browser_of(person).get(f"/sessions/{booking.id}")
    assert len(looks()) == 1


def test_an_admin_who_is_the_mentee_looks_at_nobody(browser, alma, offering, stripe):
    own = a_booking(alma, offering, TEN, stripe)
    browser.get(f"/sessions/{own.id}")
    browser.get("/bookings")
    assert looks() == []


def test_the_api_is_recorded_alike(api, alma, booking, mia):
    api(alma).get(f"/bookings/{booking.id}")
    api(alma).get(f"/admin/people/{mia.id}")
    assert [(look.details["what"], look.subject_id) for look in looks()] == [
        ("sessions", str(booking.id)),
        ("people", str(mia.id)),
    ]


def test_a_token_without_an_admins_scope_reads_nothing_and_leaves_nothing(api, alma, booking):
    assert api(alma, ("read",)).get(f"/bookings/{booking.id}").status_code == 404
    assert looks() == []


def test_what_was_not_shown_is_not_recorded(browser, mia, browser_of):
    assert browser.get(f"/admin/people/{a_person('Zoe').id}x").status_code == 404
    assert browser_of(mia).get("/admin/people").status_code == 404
    browser.get("/admin/policies")
    assert looks() == []


def test_no_look_is_answered_that_is_not_recorded(app, monkeypatch, browser, mia):
    # As in production: the error is answered, and not raised in the client.
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    session().execute(
        text("alter table audit_entries add constraint no_looks check (action <> 'personal_data.read') not valid")
    )
    answer = browser.get(f"/admin/people/{mia.id}")
    assert answer.status_code == 500
    assert mia.email not in text_of(answer)


def test_looks_are_shown_in_the_record_and_reading_that_adds_none(browser, mia, alma):
    browser.get(f"/admin/people/{mia.id}")
    for address in ("/admin/record?looks=yes", f"/admin/record?about={mia.id}", f"/admin/record?by={alma.id}"):
        page = text_of(browser.get(address))
        assert "Looked at people" in page
        assert "Alma" in page
    assert len(looks()) == 1
    assert "No line fits" in text_of(browser.get(f"/admin/record?about={alma.id}&looks=yes"))
    assert "No line fits" in text_of(browser.get("/admin/record?about=nobody"))
    assert browser.get("/admin/record?from=yesterday").status_code == 422


def test_programs_read_the_record_too_a_page_at_a_time(browser, api, mia, alma):
    for _ in range(3):
        browser.get(f"/admin/people/{mia.id}")
    programs = api(alma, scopes=("admin:read",))
    first = programs.get("/admin/audit-log?looks=true&limit=2").json
    assert [line["subject_id"] for line in first["items"]] == [str(mia.id)] * 2
    assert {line["actor_id"] for line in first["items"]} == {str(alma.id)}
    assert {"name": "what", "value": "people"} in first["items"][0]["details"]
    last = programs.get(f"/admin/audit-log?looks=true&limit=2&after={first['next_cursor']}").json
    assert (len(last["items"]), last["next_cursor"]) == (1, None)
    assert len(programs.get(f"/admin/audit-log?about={mia.id}&looks=true").json["items"]) == 3
    assert programs.get(f"/admin/audit-log?by={mia.id}&looks=true").json["items"] == []
    assert programs.get("/admin/audit-log?kind=payout").json["items"] == []
    assert "kind" in programs.get("/admin/audit-log?kind=payouts").json["errors"]
    assert len(looks()) == 3


def test_the_record_has_pages(browser, mia, monkeypatch):
    monkeypatch.setattr("marketplace.pages.admin_audit.LINES", 1)
    for _ in range(2):
        browser.get(f"/admin/people/{mia.id}")
    onwards = "/admin/record?looks=yes&amp;page=2"
    assert onwards in text_of(browser.get("/admin/record?looks=yes"))
    last = text_of(browser.get(onwards.replace("&amp;", "&")))
    assert "Looked at people" in last
    assert "page=3" not in last


def test_whoever_is_shown_the_story_of_a_coach_is_not_in_it(browser, ada):
    browser.get(f"/admin/coaches/{ada.id}")
    assert "Looked at" not in text_of(browser.get(f"/admin/coaches/{ada.id}"))
    assert len(looks()) == 2
