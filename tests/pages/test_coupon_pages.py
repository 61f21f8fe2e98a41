"""Coupons on the pages: a coach makes and ends hers, a mentee takes one off before she pays."""

from datetime import UTC, datetime

import pytest

from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.series import queries as series_queries
from marketplace.bookings.series import service as booking_series
from marketplace.coupons import queries, service
from tests.factories import BRIEF, a_hold, a_payment, a_person, an_admin, an_offering
from tests.pages.reading import read

TEN = datetime(2027, 3, 4, 10, tzinfo=UTC)
TYPED = {
    "code": "spring",
    "percent": "20",
    "amount": "",
    "uses_at_most": "5",
    "uses_each_at_most": "1",
    "first_day": "2027-03-01",
    "last_day": "2027-03-31",
}


@pytest.fixture
def mia():
    return a_person()


@pytest.fixture
def spring(ada):
    return service.make(ada.user, code="SPRING", percent=20, uses_each_at_most=2)


def test_a_coach_makes_one_and_reads_it_back(ada, offering, browser_of):
    browser = browser_of(ada.user)
    assert "You have no coupon." in read(browser.get("/dashboard/coupons")).text
    assert browser.submit("/dashboard/coupons", TYPED).status_code == 303
    page = read(browser.get("/dashboard/coupons"))
    assert "SPRING is made: 20 % off. Give it to whom you like." in page.text
    assert "used 0 of 5 times" in page.text
    (coupon,) = queries.listed(ada.user)
    # Whole days of her zone, Berlin: the last one ends after the clocks went forward.
    assert coupon.valid_from == datetime(2027, 2, 28, 23, tzinfo=UTC)
    assert coupon.valid_until == datetime(2027, 3, 31, 22, tzinfo=UTC)


def test_an_amount_for_some_offerings_only(ada, offering, browser_of):
    an_offering(ada, title="Half an hour")
    wanted = {"code": "TEN", "amount": "10,50", "offering_ids": [str(offering.id)], "uses_each_at_most": ""}
    assert browser_of(ada.user).submit("/dashboard/coupons", wanted).status_code == 303
    (coupon,) = queries.listed(ada.user)
    assert (coupon.amount_cents, coupon.offering_ids, coupon.uses_each_at_most) == (1050, [offering.id], None)
    assert "10.50 USD off" in read(browser_of(ada.user).get("/dashboard/coupons")).text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"code": ""}, "Use 3 to 24 letters"),
        ({"code": "winter"}, "You have had a coupon of this code already."),
        ({"percent": "95"}, "Write a percentage from 1 to 90."),
        ({"percent": "much"}, "Write a whole number of percent."),
        ({"percent": ""}, "Give either a percentage or an amount."),
        ({"amount": "10"}, "Give either a percentage or an amount."),
        ({"percent": "", "amount": "ten"}, "Write an amount like 20.00."),
        ({"last_day": "2027-02-01"}, "Let it end later than now."),
        ({"last_day": "soon"}, "Choose a day."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(ada, offering, browser_of, changes, words):
    service.make(ada.user, code="WINTER", percent=10)
    answer = browser_of(ada.user).submit("/dashboard/coupons", TYPED | changes)
    assert answer.status_code == 422
    assert words in answer.text
    for typed in (TYPED | changes).values():
        assert f'value="{typed}"' in answer.text
    assert len(queries.listed(ada.user)) == 1


def test_ending_one(ada, spring, browser_of):
    browser = browser_of(ada.user)
    browser.submit(f"/dashboard/coupons/{spring.id}/end", seen="/dashboard/coupons")
    page = read(browser.get("/dashboard/coupons"))
    assert "SPRING is ended." in page.text
    assert "End it" not in page.buttons


def test_many_are_shown_page_by_page(ada, browser_of):
    for number in range(21):
        service.make(ada.user, code=f"CODE-{number:02}", percent=10)
    browser = browser_of(ada.user)
    first = read(browser.get("/dashboard/coupons"))
    assert ("CODE-20" in first.text, "CODE-00" in first.text) == (True, False)
    (older,) = [link for link in first.links if "after=" in link]
    assert "CODE-00" in read(browser.get(older)).text
    assert browser.get("/dashboard/coupons?after=x").status_code == 404


def test_strangers_find_nothing(mia, spring, ada, offering, browser_of):
    held = a_hold(a_person("Noor"), offering, TEN)
    browser = browser_of(mia)
    assert browser.get("/dashboard/coupons").status_code == 404
    assert browser.submit(f"/dashboard/coupons/{spring.id}/end", seen="/account").status_code == 404
    assert browser.submit(f"/sessions/{held.id}/coupon", {"code": "spring"}, seen="/account").status_code == 404
    assert queries.own(ada.user, spring.id).ended_at is None


def test_a_mentee_takes_it_off_and_pays_what_is_left(mia, offering, spring, browser_of, stripe):
    held = a_hold(mia, offering, TEN)
    browser, here = browser_of(mia), f"/sessions/{held.id}"
    assert "Pay 120.00 USD" in read(browser.get(here)).buttons
    assert browser.submit(f"{here}/coupon", {"code": "spring"}, seen=here).location == here
    page = read(browser.get(here))
    assert "Pay 96.00 USD" in page.buttons
    assert "Coupon SPRING −24.00 USD off 120.00 USD" in page.text
    browser.submit(f"{here}/coupon/drop", seen=here)
    assert "Pay 120.00 USD" in read(browser.get(here)).buttons
    browser.submit(f"{here}/coupon", {"code": "SPRING"}, seen=here)
    a_payment(mia, held, stripe)
    paid = read(browser.get(here))
    assert "Coupon SPRING −24.00 USD off 120.00 USD" in paid.text
    assert paid.text.count("You used the coupon SPRING") == 2
    assert "You removed the coupon" in paid.text
    assert "Apply code" not in paid.buttons
    admin = browser_of(an_admin())
    assert "Coupon SPRING: 24.00 USD off 120.00 USD" in read(admin.get(f"/admin/ledger/timelines/{held.id}")).text


def test_a_code_that_does_not_work_is_said_at_its_field(mia, offering, spring, browser_of):
    held = a_hold(mia, offering, TEN)
    here = f"/sessions/{held.id}"
    answer = browser_of(mia).submit(f"{here}/coupon", {"code": "WINTER"}, seen=here)
    assert answer.status_code == 422
    assert "This code does not work here." in answer.text
    assert 'value="WINTER"' in answer.text
    for number in range(19):
        browser_of(mia).submit(f"{here}/coupon", {"code": f"no-{number}"}, seen=here)
    late = browser_of(mia).submit(f"{here}/coupon", {"code": "spring"}, seen=here)
    assert (late.status_code, "Wait an hour before you try another." in late.text) == (429, True)


def test_after_the_page_to_pay_on_was_opened_it_is_too_late(mia, offering, spring, browser_of, stripe):
    held = a_hold(mia, offering, TEN)
    booking_checkout.pay(mia, booking_id=held.id)
    browser, here = browser_of(mia), f"/sessions/{held.id}"
    page = read(browser.get(here))
    assert "Apply code" not in page.buttons
    assert "To pay another, release the time and hold it again." in page.text
    browser.submit(f"{here}/coupon", {"code": "spring"}, seen=here)
    assert "The page to pay on has been opened at this price." in read(browser.get(here)).text


def test_a_series_is_reduced_as_a_whole(mia, offering, spring, browser_of):
    held = booking_series.hold_series(mia, offering_id=offering.id, starts_at=TEN, every_weeks=1, count=2, brief=BRIEF)
    browser, here = browser_of(mia), f"/series/{held[0].series_id}"
    path = f"/sessions/{held[0].id}/coupon"
    refused = browser.submit(path, {"code": "WINTER"}, seen=here)
    assert (refused.status_code, "This code does not work here." in refused.text) == (422, True)
    assert browser.submit(path, {"code": "spring"}, seen=here).location == here
    page = read(browser.get(here))
    assert "The coupon SPRING takes 48.00 USD off 240.00 USD." in page.text
    assert "Pay 192.00 USD" in page.buttons
    assert [each.price_cents for each in series_queries.series_of(mia, held[0].series_id)] == [9600, 9600]
