"""The coach's home says what needs attention, with its deadline and what is at stake."""

from datetime import timedelta

import pytest

from marketplace import clock
from marketplace.attendance import service as attendance
from marketplace.bookings.reschedules import service as reschedules
from marketplace.calendars.models import Calendar
from marketplace.db import session
from marketplace.payouts.models import ConnectedAccount
from marketplace.payouts.service import holds as payout_holds
from tests.factories import a_booking, a_coach, a_person, an_offering
from tests.pages.reading import read
from tests.scenes import TEN
from tests.settings import change


@pytest.fixture
def browser(ada, browser_of):
    return browser_of(ada.user)


def home(browser):
    return read(browser.get("/dashboard")).text


def test_a_request_stands_with_its_deadline_and_what_the_coach_gets(browser, mia, by_request, stripe):
    booking = a_booking(mia, by_request, TEN, stripe)
    text = home(browser)
    assert "Mia Request: One hour of mentoring" in text
    assert f"Until {clock.spoken(booking.decide_by, 'Europe/Berlin')}" in text
    assert "You get 108.00 USD" in text


def test_a_request_that_nobody_may_answer_any_more_is_gone(browser, mia, by_request, stripe, moment):
    a_booking(mia, by_request, TEN, stripe)
    moment.advance(days=2, hours=1)
    assert "Request:" not in home(browser)


def test_a_session_that_is_over_asks_how_it_went(browser, mia, offering, stripe, moment):
    a_booking(mia, offering, TEN, stripe)
    assert "Say how it went" not in home(browser)
    moment.set(TEN + timedelta(hours=1, minutes=1))
    assert "Mia Say how it went: One hour" in home(browser)


def test_a_report_that_the_coach_did_not_come_says_what_silence_costs(browser, ada, mia, offering, stripe, moment):
    booking = a_booking(mia, offering, TEN, stripe)
    moment.set(TEN + timedelta(hours=1))
    attendance.report_no_show(mia, booking_id=booking.id, words="Nobody was there.")
    text = home(browser)
    assert "Mia Reports that you did not come" in text
    assert "Without an answer all of it is refunded." in text
    attendance.answer_no_show(ada.user, booking_id=booking.id, answer="took_place")
    assert "Reports that you did not come" not in home(browser)


def test_a_proposal_without_an_answer_is_named(browser, ada, mia, offering, stripe):
    booking = a_booking(mia, offering, TEN, stripe)
    reschedules.propose(ada.user, booking_id=booking.id, starts_at=TEN + timedelta(days=1))
    assert "Mia Has not answered yet: you proposed" in home(browser)


def test_today_comes_before_the_next_days(browser, mia, offering, stripe, moment):
    a_booking(mia, offering, TEN, stripe)
    assert "No session today." in home(browser)
    moment.set(TEN - timedelta(hours=2))
    text = home(browser)
    assert "No session today." not in text
    assert text.index("Today") < text.index("One hour of mentoring") < text.index("The next seven days")


def test_nothing_of_another_coach_is_there(mia, by_request, stripe, browser_of):
    a_booking(mia, by_request, TEN, stripe)
    text = home(browser_of(a_coach("bea").user))
    assert "Mia" not in text


def test_money_is_told_in_four_places(browser, mia, offering, stripe, moment):
    a_booking(mia, offering, TEN, stripe)
    assert "In the window 0.00 USD" in home(browser)
    moment.set(TEN + timedelta(hours=2))
    text = home(browser)
    assert "In the window 108.00 USD" in text
    assert "Payable 0.00 USD" in text


def test_the_checklist_goes_once_a_mentee_can_book(browser, ada):
    assert "Before the first booking" in home(browser)
    an_offering(ada)
    assert "Before the first booking" not in home(browser)


def test_a_coach_finds_their_mentees_and_nobody_elses(browser, ada, mia, offering, stripe, browser_of):
    booking = a_booking(mia, offering, TEN, stripe)
    assert "Mia" in read(browser.get("/dashboard/mentees")).text
    assert "Mia" in read(browser.get("/dashboard/mentees?name=mi")).text
    assert "None of your mentees has such a name." in read(browser.get("/dashboard/mentees?name=zoe")).text
    page = read(browser.get(f"/dashboard/mentees/{mia.id}"))
    assert f"/sessions/{booking.id}" in page.links
    assert "Paid 120.00 USD" in page.text
    assert "Yours 108.00 USD" in page.text
    stranger = browser_of(a_coach("bea").user)
    assert stranger.get(f"/dashboard/mentees/{mia.id}").status_code == 404
    assert "Mia" not in read(stranger.get("/dashboard/mentees")).text
    assert browser.get(f"/dashboard/mentees/{a_person('Noor').id}").status_code == 404
    assert browser_of(mia).get("/dashboard/mentees").status_code == 404


def test_an_away_message_is_read_where_one_books_until_its_last_day(browser, ada, offering, client, moment):
    until = clock.today("Europe/Berlin") + timedelta(days=3)
    given = {"message": "At sea, with little signal.", "until": until.isoformat()}
    assert browser.submit("/dashboard/away-message", given).status_code == 303
    book = f"/book/{offering.id}?starts_at={TEN.isoformat().replace('+', '%2B')}"
    for path in ("/@ada", book):
        assert "At sea, with little signal." in read(client.get(path)).text
    moment.advance(days=4)
    assert "At sea" not in read(client.get("/@ada")).text
    assert "Its last day was" in read(browser.get("/dashboard/away-message")).text
    assert browser.submit("/dashboard/away-message/remove", seen="/dashboard/away-message").status_code == 303
    refused = browser.submit("/dashboard/away-message", {"message": "x", "until": "2020-01-01"})
    assert "This date is over." in read(refused).text


def test_a_page_is_shared_by_link_button_image_code_and_signature(browser, client):
    page = browser.get("/dashboard/share").get_data(as_text=True)
    assert "/@ada</textarea>" in page
    assert browser.get("/dashboard/share/qr.svg").mimetype == "image/svg+xml"
    assert browser.get("/dashboard/share/qr.png").data.startswith(b"\x89PNG")
    assert client.get("/@ada/button.png").data.startswith(b"\x89PNG")
    a_coach("new", status="applied")
    assert client.get("/@new/button.png").status_code == 404


def test_a_bank_that_is_missing_or_not_complete_is_named_until_it_is(browser, ada):
    missing, halfway = "No bank is connected: your payouts wait until one is.", "Your bank details are not complete"
    assert missing in home(browser)
    account = ConnectedAccount(coach_id=ada.id, country="DE", stripe_id="acct_ada", ready=False)
    session().add(account)
    text = home(browser)
    assert (missing in text, f"{halfway}: your payouts wait until they are." in text) == (False, True)
    account.ready = True
    text = home(browser)
    assert (missing in text, halfway in text) == (False, False)


def test_payouts_on_hold_are_named_with_the_reason_until_they_are_released(browser, ada, alma):
    payout_holds.hold_coach(alma, coach_id=ada.id, reason="We look into a complaint.")
    assert "Your payouts are on hold: We look into a complaint." in home(browser)
    payout_holds.release_coach(alma, coach_id=ada.id)
    assert "on hold" not in home(browser)


def test_prices_in_a_currency_that_is_not_offered_cannot_be_booked_and_it_is_said(browser):
    said = "Prices in USD cannot be paid here at present: nothing of your rate card can be booked."
    assert said not in home(browser)
    change(currencies="eur")
    assert said in home(browser)


@pytest.mark.parametrize(
    ("standing", "said"),
    [
        ({"error": "Nobody answered.", "failures": 1}, "Calendar Family: Not readable: Nobody answered."),
        ({"ok": timedelta(days=2)}, "Calendar Family: Read 2 days ago: nothing busy."),
        ({"ok": timedelta(minutes=5)}, None),
    ],
)
def test_a_calendar_that_is_not_read_any_more_is_named(standing, said, browser, ada):
    ok_at = clock.now() - standing["ok"] if "ok" in standing else None
    kept = {name: value for name, value in standing.items() if name != "ok"}
    session().add(Calendar(coach_id=ada.id, kind="ics", name="Family", sealed=b"", hint="", ok_at=ok_at, **kept))
    text = home(browser)
    assert said in text if said else "Calendar Family" not in text
