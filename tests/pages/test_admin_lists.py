"""Admins find people, sessions and lines of the audit log, and read all that is known of one session."""

import pytest

from marketplace.bookings.cancellations import service as cancellations
from marketplace.db import session
from tests.factories import a_booking, a_person
from tests.pages.reading import read
from tests.scenes import TEN


@pytest.fixture
def browser(alma, browser_of):
    return browser_of(alma)


@pytest.fixture
def booking(mia, offering, stripe):
    return a_booking(mia, offering, TEN, stripe)


def rows_of(answer):
    return answer.get_data(as_text=True).splitlines()[1:]


def test_people_are_found_by_part_of_a_name_and_kept_as_a_file(browser, mia):
    a_person("Bo", email="bo@else.example", active=False)
    session().commit()
    assert "Mia" in read(browser.get("/admin/people")).text
    found = read(browser.get("/admin/people?search=else&state=deactivated")).text
    assert "bo@else.example" in found
    assert mia.email not in found
    assert "Nobody fits." in read(browser.get("/admin/people?search=nobody-at-all")).text
    assert browser.get("/admin/people?state=odd").status_code == 422
    assert browser.get("/admin/people?joined_from=0001-01-01").status_code == 422
    (row,) = rows_of(browser.get("/admin/people?search=else&format=csv"))
    assert row.startswith("Bo,bo@else.example,,Deactivated,")


def test_sessions_are_found_and_each_leads_to_all_that_is_known_of_it(browser, booking):
    page = browser.get("/admin/bookings?search=mia&state=confirmed&sort=price")
    assert f"/admin/bookings/{booking.id}" in read(page).links
    assert "No session fits." in read(browser.get("/admin/bookings?search=mia&state=held")).text
    (row,) = rows_of(browser.get("/admin/bookings?format=csv"))
    assert "120.00,usd" in row


def test_the_timeline_of_a_session_tells_money_mails_and_jobs_in_words(browser, booking, mia, run_jobs, moment):
    moment.advance(hours=1)
    cancellations.cancel(mia, booking_id=booking.id, expected_refund_cents=12000)
    session().commit()
    run_jobs()
    path = f"/admin/bookings/{booking.id}"
    page = read(browser.get(path)).text
    for shown in (
        "Mia held this time",
        "Mia paid 120.00 USD",
        "Stripe took 3.78 USD as its fee",
        "Mia cancelled",
        "Mail with a calendar invitation to",
        "Mail that takes it out of the calendar to",
        "120.00 USD was refunded",
        "Job done: Send a refund",
    ):
        assert shown in page
    assert page.index("Mia held this time") < page.index("Mia paid 120.00 USD") < page.index("Mia cancelled")
    money = read(browser.get(f"{path}?show=money")).text
    assert "Mia paid 120.00 USD" in money
    assert "Mail with" not in money
    assert browser.get("/admin/bookings/019547d2-0000-7000-8000-000000000000").status_code == 404


def test_the_audit_log_is_in_words_and_found_by_names(browser, booking, mia, alma):
    page = read(browser.get("/admin/record")).text
    assert "Held a time" in page
    assert "booking.held" not in page
    assert "Held a time" in read(browser.get("/admin/record?by=mia")).text
    assert "Held a time" in read(browser.get(f"/admin/record?about={booking.id}")).text
    assert "Held a time" not in read(browser.get("/admin/record?kind=payout")).text
    assert "No line fits." in read(browser.get("/admin/record?by=nobody")).text
    assert any("Held a time" in row for row in rows_of(browser.get("/admin/record?kind=booking&format=csv")))
