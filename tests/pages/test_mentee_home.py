"""The mentee's home says what needs attention, what comes next with what to do before it, and the latest invoices."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace import clock
from marketplace.asks.quotes import queries as quote_queries
from marketplace.asks.quotes import service as quotes
from marketplace.attendance import queries as attendance_queries
from marketplace.attendance import service as attendance
from marketplace.bookings.attachments import service as attachments
from marketplace.bookings.completions import service as completions
from marketplace.bookings.holds import queries as hold_queries
from marketplace.bookings.listings import queries as listing_queries
from marketplace.bookings.reschedules import queries as reschedule_queries
from marketplace.bookings.reschedules import service as reschedules
from marketplace.bookings.series import service as booking_series
from marketplace.files.rules.uploads import Upload
from marketplace.waitlist import service as waitlist
from tests.asks.conftest import asked
from tests.bookings.test_bank_debits import debited
from tests.factories import BRIEF, a_booking, a_coach, a_hold, a_person, an_offering, weekly_hours
from tests.files import samples
from tests.pages.reading import read
from tests.pages.test_coach_pages_at_scale import plan_of, statements
from tests.scenes import TEN

ZONE = "Europe/Berlin"
HOUR = timedelta(hours=1)


@pytest.fixture
def browser(mia, browser_of):
    return browser_of(mia)


def home(browser):
    return read(browser.get("/sessions"))


def test_a_hold_comes_first_with_the_time_left_and_the_amount(browser, mia, offering):
    booking = a_hold(mia, offering, TEN)
    page = home(browser)
    assert f"Ada Not paid yet: One hour of mentoring, {clock.spoken(TEN, ZONE, TEN + HOUR)}" in page.text
    assert f"15:00 left, until {clock.spoken(booking.hold_expires_at, ZONE)}" in page.text
    assert page.text.index("Needs attention") < page.text.index("Pay 120.00 USD")
    assert f"/sessions/{booking.id}" in page.links
    assert "Next session" not in page.text


def test_a_hold_that_has_lapsed_is_gone(browser, mia, offering, moment):
    a_hold(mia, offering, TEN)
    moment.advance(minutes=16)
    assert "Not paid yet" not in home(browser).text


def test_a_request_without_a_reservation_says_so(browser, mia, by_request):
    a_hold(mia, by_request, TEN)
    text = home(browser).text
    assert "Not reserved on your card yet: One hour" in text
    assert "Reserve 120.00 USD" in text


def test_a_series_is_one_line_with_what_all_of_it_costs(browser, mia, offering):
    wanted = {"starts_at": TEN, "every_weeks": 1, "count": 3, "brief": BRIEF}
    first, *_others = booking_series.hold_series(mia, offering_id=offering.id, **wanted)
    page = home(browser)
    assert "Not paid yet: One hour of mentoring, 3 sessions, the first" in page.text
    assert "360.00 USD" in page.text
    assert page.links.count(f"/series/{first.series_id}") == 1


def test_an_offer_from_the_waitlist_is_named_as_one(browser, mia, stripe):
    beth = a_coach("beth")
    weekly_hours(beth, 3, "11:00", "12:00")
    weekly_offering = an_offering(beth, horizon_days=6)
    a_booking(a_person("Otto"), weekly_offering, datetime(2027, 3, 4, 10, tzinfo=UTC), stripe)
    today = clock.today(ZONE)
    days = {"starts_on": today, "ends_on": today + timedelta(days=6), "weekdays": list(range(7))}
    hours = {"from_minute": 0, "until_minute": 1440}
    waitlist.join(mia, offering_id=weekly_offering.id, brief=BRIEF, **days, **hours)
    weekly_hours(beth, 4, "11:00", "12:00")
    waitlist.offer_freed()
    text = home(browser).text
    assert "Beth From the waitlist, held for you: One hour of mentoring" in text
    assert "20:00 left, until Mon 1 Mar, 10:20 (Berlin)" in text


def test_a_proposal_is_answered_before_its_time(browser, ada, mia, offering, stripe):
    booking = a_booking(mia, offering, TEN, stripe)
    later = TEN + timedelta(days=1)
    reschedules.propose(ada.user, booking_id=booking.id, starts_at=later)
    text = home(browser).text
    proposed = clock.spoken(later, ZONE, later + HOUR)
    assert f"Asks to move “One hour of mentoring” from {clock.spoken(TEN, ZONE, TEN + HOUR)} to {proposed}." in text
    assert f"Until {clock.spoken(TEN, ZONE)} Answer" in text


def test_a_no_show_that_the_coach_reports_can_be_answered_for_a_day(browser, ada, mia, offering, stripe, moment):
    booking = a_booking(mia, offering, TEN, stripe)
    moment.set(TEN + HOUR)
    completions.complete(ada.user, booking_id=booking.id, outcome="mentee_no_show")
    text = home(browser).text
    assert "Ada Reports that you did not come: One hour of mentoring" in text
    assert f"Until {clock.spoken(TEN + timedelta(hours=25), ZONE)}" in text
    moment.set(TEN + timedelta(hours=25))
    assert "Reports that you did not come" not in home(browser).text


def test_a_no_show_that_is_answered_is_gone(browser, ada, mia, offering, stripe, moment):
    booking = a_booking(mia, offering, TEN, stripe)
    moment.set(TEN + HOUR)
    completions.complete(ada.user, booking_id=booking.id, outcome="mentee_no_show")
    attendance.report_no_show(mia, booking_id=booking.id, words="I was there.")
    assert "Reports that you did not come" not in home(browser).text


def test_a_quote_asks_for_a_time_until_it_is_over(browser, ada, mia, offering, moment):
    ask = asked(mia)
    quote = quotes.quote(ada.user, ask_id=ask.id, minutes=45, price_cents=None, note="")
    page = home(browser)
    assert "Ada Offers you 45 minutes for 90.00 USD." in page.text
    assert f"Until {clock.spoken(quote.valid_until, ZONE)} Choose a time" in page.text
    assert f"/quotes/{quote.id}" in page.links
    moment.set(quote.valid_until)
    assert "Offers you" not in home(browser).text


def test_the_nearest_deadline_comes_first(browser, ada, mia, offering, stripe):
    booking = a_booking(mia, offering, TEN, stripe)
    reschedules.propose(ada.user, booking_id=booking.id, starts_at=TEN + timedelta(days=1))
    a_hold(mia, offering, TEN + timedelta(hours=3))
    text = home(browser).text
    assert text.index("Not paid yet") < text.index("Asks to move") < text.index("Next session")


def test_the_next_session_has_its_link_once_it_is_open(browser, mia, offering, stripe, moment):
    booking = a_booking(mia, offering, TEN, stripe)
    page = home(browser)
    assert "Nothing to do." in page.text
    assert page.text.index("Next session") < page.text.index("All sessions to come")
    assert "The meeting link appears here at" in page.text
    assert "Join the session" not in page.text
    assert f"/sessions/{booking.id}.ics" in page.links
    assert any(link.startswith("https://calendar.google.com/") for link in page.links)
    assert f"/sessions/{booking.id}#files-heading" in page.links
    assert "Nothing is attached to your brief." in page.text
    moment.set(TEN - timedelta(minutes=5))
    assert "Join the session" in home(browser).text
    moment.set(TEN + timedelta(minutes=5))
    page = home(browser)
    assert "Under way" in page.text
    assert "Before the session" not in page.text
    moment.set(TEN + HOUR)
    assert "Next session" not in home(browser).text


def test_files_that_are_attached_are_counted(browser, mia, offering, stripe):
    booking = a_booking(mia, offering, TEN, stripe)
    attachments.attach(mia, booking_id=booking.id, uploads=[Upload("plan.pdf", samples.pdf())])
    text = home(browser).text
    assert "1 file goes with your brief. Open or add files" in text
    assert "plan.pdf" not in text


def test_money_that_a_bank_is_sending_asks_for_nothing(browser, mia, offering, stripe):
    held = a_hold(mia, offering, datetime(2027, 3, 24, 10, tzinfo=UTC))
    debited(held, mia, stripe)
    text = home(browser).text
    assert "Nothing to do." in text
    assert "The bank is sending the money" in text


def test_a_page_with_a_meeting_link_is_kept_by_no_cache(browser):
    assert browser.get("/sessions").headers["Cache-Control"] == "no-store"


def test_the_latest_two_invoices_stand_below(browser, mia, offering, stripe, run_jobs):
    for hours in (0, 2, 4):
        a_booking(mia, offering, TEN + timedelta(hours=hours), stripe)
    run_jobs()
    page = home(browser)
    assert sum(link.endswith(".pdf") for link in page.links) == 2
    assert "/invoices" in page.links


def test_the_past_and_the_coachs_side_are_lists_alone(browser, browser_of, ada, mia, offering):
    a_hold(mia, offering, TEN)
    assert "Needs attention" not in read(browser.get("/sessions?past=yes")).text
    assert "Needs attention" not in read(browser_of(ada.user).get("/sessions?as=coach")).text


def test_nothing_of_another_mentee_is_there(browser_of, ada, mia, offering, stripe):
    booking = a_booking(mia, offering, TEN, stripe)
    reschedules.propose(ada.user, booking_id=booking.id, starts_at=TEN + timedelta(days=1))
    a_hold(mia, offering, TEN + timedelta(hours=3))
    text = read(browser_of(a_person("Noor")).get("/sessions")).text
    assert "Ada" not in text
    assert "Needs attention" not in text


def test_more_of_everything_asks_no_more_of_the_database(browser, ada, mia, offering, stripe):
    def asked_for():
        with statements() as seen:
            browser.get("/sessions")
        return len(seen)

    booking = a_booking(mia, offering, TEN, stripe)
    a_hold(mia, offering, TEN + timedelta(hours=2))
    reschedules.propose(ada.user, booking_id=booking.id, starts_at=TEN + timedelta(days=1))
    before = asked_for()
    other = a_booking(mia, offering, TEN + timedelta(hours=4), stripe)
    a_hold(mia, offering, TEN + timedelta(hours=5))
    reschedules.propose(ada.user, booking_id=other.id, starts_at=TEN + timedelta(days=1, hours=2))
    assert asked_for() == before


@pytest.mark.parametrize(
    "find",
    [
        hold_queries.to_pay,
        reschedule_queries.proposals_to_answer,
        attendance_queries.no_shows_to_answer,
        listing_queries.next_session,
        quote_queries.to_choose,
    ],
)
def test_no_list_reads_a_table_whole(mia, find):
    assert "Seq Scan" not in plan_of(lambda: find(mia.id))
