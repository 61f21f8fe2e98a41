"""Currencies of coaches: what can be published and paid, and what becomes of one that is withdrawn."""

from decimal import Decimal

import pytest

from marketplace.bookings import rules as booking_rules
from marketplace.bookings.holds.service import hold
from marketplace.bookings.series.service import hold_series
from marketplace.coaches import queries
from marketplace.coaches.directory.queries import DirectoryCriteria, directory
from marketplace.coaches.service import offerings, profiles
from marketplace.coaches.service.withdrawn_currencies import follow_currencies
from marketplace.currencies import LARGEST_CHARGE_CENTS, Amounts
from marketplace.db import session
from marketplace.errors import Invalid, NotFound
from marketplace.invariants.queries import evaluate
from marketplace.scheduling.queries.criteria import SearchCriteria
from marketplace.scheduling.queries.search import search
from tests.factories import BRIEF, a_booking, a_coach, a_hold, a_payment, an_offering, open_all_week
from tests.scenes import TEN
from tests.settings import change


def of(coach, **changes):
    line = {"title": "Half an hour", "kind": "mentor", "minutes": 30}
    return offerings.publish_offering(coach.user, **line | changes)


@pytest.mark.parametrize(("currency", "least"), [("usd", 50), ("eur", 50), ("jpy", 50)])
def test_the_cheapest_price_that_can_be_published_can_be_paid(currency, least, mia, stripe):
    change(floor_session=Amounts(Decimal(0)), floor_hour=Amounts(Decimal(0)))
    coach = open_all_week(a_coach("cara", currency=currency))
    with pytest.raises(Invalid) as refusal:
        of(coach, price_cents=least - 1)
    assert list(refusal.value.fields) == ["price"]
    for hour, cents in enumerate((least, least + 1)):
        held = a_hold(mia, of(coach, price_cents=cents), TEN.replace(hour=10 + 2 * hour))
        assert a_payment(mia, held, stripe).status == booking_rules.CONFIRMED


def test_a_series_is_no_dearer_than_stripe_charges_at_once(ada, mia):
    dear = an_offering(ada, price_cents=LARGEST_CHARGE_CENTS // 2)
    plan = {"offering_id": dear.id, "starts_at": TEN, "every_weeks": 1, "brief": BRIEF}
    with pytest.raises(Invalid) as refusal:
        hold_series(mia, count=3, **plan)
    assert refusal.value.fields == {
        "count": ["All together is more than we can charge at once: take at most 2 sessions."]
    }
    assert len(hold_series(mia, count=2, **plan)) == 2


@pytest.fixture
def cara():
    return open_all_week(a_coach("cara", currency="czk"))


@pytest.fixture
def line(cara):
    return an_offering(cara, price_cents=200_000)


def found():
    return [result.coach.handle for result in search(SearchCriteria()).items]


def test_what_is_priced_in_a_withdrawn_currency_is_not_booked_anew_and_its_coach_is_told(
    cara, line, mia, stripe, mailbox, run_jobs, browser_of
):
    sold = a_booking(mia, line, TEN, stripe)
    assert [listing.coach for listing in directory(DirectoryCriteria()).items] == [cara]
    assert found() == ["cara"]
    change(currencies="eur,usd")
    assert found() == []
    with pytest.raises(NotFound):
        hold(mia, offering_id=line.id, starts_at=TEN.replace(hour=14), brief=BRIEF)
    follow_currencies()
    follow_currencies()
    run_jobs()
    assert (directory(DirectoryCriteria()).items, queries.bookable_offerings_of(cara.id)) == ([], [])
    assert found() == []
    assert [finding.invariant.name for finding in evaluate() if not finding.well] == []
    told = [mail for mail in mailbox.to(cara.user.email) if "CZK" in mail["Subject"]]
    assert [mail["Subject"] for mail in told] == ["Prices in CZK cannot be paid here now"]
    assert "Prices can be in EUR, USD." in told[0].get_body(("plain",)).get_content()
    assert session().get_one(type(sold), sold.id).status == booking_rules.CONFIRMED
    page = browser_of(cara.user).get("/dashboard/offerings").get_data(as_text=True)
    assert "Prices in CZK cannot be paid here at present" in page

    change(currencies="czk,usd")
    follow_currencies()
    run_jobs()
    assert (queries.bookable_offerings_of(cara.id), found()) == ([line], ["cara"])
    subjects = [mail["Subject"] for mail in mailbox.to(cara.user.email)]
    assert subjects[-1] == "Prices in CZK can be paid again"


def test_a_coach_leaves_a_withdrawn_currency_once_nothing_is_offered_in_it(cara, line):
    change(currencies="eur,usd")
    profiles.edit_profile(cara.user, headline="Another headline")
    with pytest.raises(Invalid) as refusal:
        profiles.edit_profile(cara.user, currency="eur")
    assert refusal.value.fields == {
        "currency": ["You have offerings in CZK. Retire them, then choose another currency."]
    }
    with pytest.raises(Invalid) as refusal:
        offerings.edit_offering(cara.user, offering_id=line.id, title="Another title")
    assert list(refusal.value.fields) == ["price"]
    offerings.retire_offering(cara.user, offering_id=line.id)
    assert profiles.edit_profile(cara.user, currency="eur").currency == "eur"
    assert of(cara, price_cents=5000).currency == "eur"


def test_a_coach_with_nothing_published_is_not_told(cara, mailbox, run_jobs):
    change(currencies="usd")
    follow_currencies()
    run_jobs()
    assert (cara.currency_withdrawn_at is not None, mailbox.to(cara.user.email)) == (True, [])
