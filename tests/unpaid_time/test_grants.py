"""Free sessions from a budget: granted, booked without a payment, called off, over."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from marketplace.asks import queries as asks
from marketplace.asks.quotes import service as quotes
from marketplace.asks.service import answers
from marketplace.bookings import queries as bookings
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.completions import service as completions
from marketplace.bookings.earnings import service as earnings
from marketplace.bookings.goodwill_refunds import service as goodwill_refunds
from marketplace.db import session
from marketplace.errors import Invalid, NotFound
from marketplace.notifications.models import Message
from marketplace.unpaid_time import queries as minutes_queries
from marketplace.unpaid_time.grants import notifications, queries
from marketplace.unpaid_time.grants import service as grants
from marketplace.unpaid_time.grants.models import Grant
from marketplace.unpaid_time.grants.rules import GRANT_STATES
from tests import settings
from tests.asks.conftest import asked
from tests.factories import a_coach, a_person, an_admin
from tests.invariants.conftest import broken
from tests.scenes import TEN
from tests.transitions import states_of_the_database

# No worker runs here: what it does is not done yet.
UNDER_WAY = {"jobs_are_done", "mail_goes"}


@pytest.fixture
def granted(ask, ada):
    """Ada gives an hour a month, and half of it to Mia."""
    grants.choose_budget(ada.user, minutes_per_month=60)
    return grants.grant(ada.user, ask_id=ask.id, minutes=30)


@pytest.fixture
def taken(granted, mia):
    """Mia has booked it."""
    return grants.take(mia, grant_id=granted.id, starts_at=TEN)


def mails_to(person):
    return list(session().scalars(select(Message.subject).where(Message.recipient == person.email)))


def test_nothing_is_given_unless_it_was_chosen(ask, ada):
    with pytest.raises(grants.BudgetSpent):
        grants.grant(ada.user, ask_id=ask.id, minutes=10)


def test_the_asker_chooses_a_time_on_the_page_and_nobody_else_sees_it(granted, mia, browser_of):
    page = browser_of(mia).get(f"/grants/{granted.id}")
    assert page.status_code == 200
    assert 'name="starts_at"' in page.text
    assert browser_of(a_person("Noor")).get(f"/grants/{granted.id}").status_code == 404


def test_a_grant_takes_its_minutes_and_tells_the_asker(granted, ask, ada, mia):
    assert (granted.status, granted.value_cents, queries.left_of(ada)) == ("offered", 6000, 30)
    assert asks.one(mia, ask.id).status == "quoted"
    assert "Ada gives you 30 minutes" in mails_to(mia)
    with pytest.raises(grants.GrantWaits):
        grants.grant(ada.user, ask_id=ask.id, minutes=10)
    other = asked(a_person("Noor"))
    with pytest.raises(grants.BudgetSpent):
        grants.grant(ada.user, ask_id=other.id, minutes=31)
    with pytest.raises(Invalid):
        grants.grant(ada.user, ask_id=other.id, minutes=9)
    with pytest.raises(NotFound):
        grants.grant(a_coach("bea").user, ask_id=other.id, minutes=10)


def test_it_is_a_session_like_any_other_with_a_receipt_and_without_a_payment(taken, granted, ask, mia):
    assert (taken.status, taken.price_cents, taken.payment_id, taken.fee_basis_points) == ("confirmed", 0, None, 0)
    assert taken.ends_at - taken.starts_at == timedelta(minutes=30)
    assert asks.one(mia, ask.id).status == "booked"
    assert "Value 60.00 USD, given by Ada" in mails_to(mia)
    said = session().scalars(select(Message.text).where(Message.subject.ilike("%booked%"))).all()
    assert len(said) == 2
    assert not [words for words in said if " 0.00" in words]
    found = queries.one(mia, granted.id)
    assert notifications.receipt_pdf(found, found.booking, zone="UTC").startswith(b"%PDF")
    with pytest.raises(grants.GrantOver):
        grants.take(mia, grant_id=granted.id, starts_at=TEN + timedelta(days=1))
    assert broken(settled=True) <= UNDER_WAY


def test_it_was_given_in_the_year_and_brought_nothing(taken, ada, moment):
    moment.set(taken.ends_at + timedelta(days=4))
    completions.complete_sessions()
    earnings.release_earnings()
    assert bookings.locked(taken.id).outcome == "took_place"
    year = minutes_queries.year_of(ada, 2027)
    assert (year.outcomes["given"].minutes, year.outcomes["paid"].minutes) == (45, 0)
    assert (year.kinds["pro_bono"].minutes, year.sessions.minutes, year.hourly_cents()) == (30, 0, {})
    assert session().scalar(text("select count(*) from ledger_entries")) == 0
    assert broken() <= UNDER_WAY


@pytest.mark.parametrize("who", ["ada", "mia"])
def test_cancelling_gives_the_minutes_back(taken, granted, ada, mia, who):
    actor = {"ada": ada.user, "mia": mia}[who]
    quote = cancellations.quote_cancellation(actor, booking_id=taken.id)
    assert (quote.refund_cents, quote.why) == (0, "This session was given, so there is nothing to refund.")
    cancellations.cancel(actor, booking_id=taken.id, expected_refund_cents=0)
    for _twice in range(2):
        grants.settle_grants()
    assert queries.left_of(ada) == 60
    assert queries.one(mia, granted.id).status == "cancelled"
    assert broken(settled=True) <= UNDER_WAY


def test_nothing_is_refunded_beyond_what_was_paid(taken):
    with pytest.raises(goodwill_refunds.NothingRefundable):
        goodwill_refunds.preview(an_admin(), booking_id=taken.id, cents=100, paid_by="platform")


def test_what_nobody_takes_is_over_after_three_days_and_its_minutes_are_back(granted, ask, ada, mia, moment):
    moment.advance(hours=73)
    grants.settle_grants()
    assert (queries.left_of(ada), asks.one(mia, ask.id).status) == (60, "lapsed")
    assert "The free session of Ada is over" in mails_to(mia)
    with pytest.raises(grants.GrantOver):
        grants.take(mia, grant_id=granted.id, starts_at=TEN)


def test_an_ask_that_ends_otherwise_ends_its_grant(granted, ask, ada, mia):
    answers.decline(ada.user, ask_id=ask.id, reason="no_time", reply="")
    with pytest.raises(grants.GrantOver):
        grants.take(mia, grant_id=granted.id, starts_at=TEN)
    grants.settle_grants()
    assert queries.left_of(ada) == 60


def test_a_grant_replaces_a_quote_and_a_later_quote_ends_with_it(ask, ada, mia):
    grants.choose_budget(ada.user, minutes_per_month=60)
    quotes.quote(ada.user, ask_id=ask.id, minutes=30, price_cents=None, note="")
    granted = grants.grant(ada.user, ask_id=ask.id, minutes=30)
    later = quotes.quote(ada.user, ask_id=ask.id, minutes=30, price_cents=None, note="")
    grants.take(mia, grant_id=granted.id, starts_at=TEN)
    assert later.status == "withdrawn"


def test_a_budget_is_that_of_the_coachs_own_month(ada, offering, moment):
    ada.timezone = "Pacific/Auckland"
    session().commit()
    grants.choose_budget(ada.user, minutes_per_month=30)
    moment.set(datetime(2027, 3, 31, 10, tzinfo=UTC))
    grants.grant(ada.user, ask_id=asked(a_person("Noor"), by_when=None).id, minutes=30)
    assert queries.left_of(ada) == 0
    moment.advance(hours=2)
    assert queries.left_of(ada) == 30


def test_the_database_knows_the_same_states():
    assert states_of_the_database("grants") == set(GRANT_STATES.states)


@pytest.mark.parametrize("minutes", [-1, 100_000])
def test_a_budget_that_cannot_be_is_refused_by_its_field(ada, minutes):
    with pytest.raises(Invalid) as refused:
        grants.choose_budget(ada.user, minutes_per_month=minutes)
    assert set(refused.value.fields) == {"minutes_per_month"}


def test_what_cannot_be_granted_is_refused(granted, ask, ada, mia):
    with pytest.raises(NotFound):
        grants.grant(mia, ask_id=ask.id, minutes=30)
    with pytest.raises(Invalid):
        grants.grant(ada.user, ask_id=ask.id, minutes=1)
    with pytest.raises(grants.GrantWaits):
        grants.grant(ada.user, ask_id=ask.id, minutes=30)
    answers.answer(ada.user, ask_id=ask.id, reply="Decide by what each did.", minutes=5)
    with pytest.raises(quotes.AskOver):
        grants.grant(ada.user, ask_id=ask.id, minutes=30)


def test_without_an_offering_nothing_is_granted(ask, ada, offering):
    grants.choose_budget(ada.user, minutes_per_month=60)
    offering.active = False
    session().commit()
    with pytest.raises(grants.NothingToGrantBy):
        grants.grant(ada.user, ask_id=ask.id, minutes=30)


@pytest.mark.parametrize("gone", ["coach", "currency"])
def test_a_coach_who_has_left_or_a_currency_that_ended_gives_no_session(granted, ada, mia, gone):
    if gone == "coach":
        ada.user.active = False
    else:
        settings.change(currencies="eur")
    session().commit()
    with pytest.raises(NotFound):
        grants.take(mia, grant_id=granted.id, starts_at=TEN)


def test_settling_twice_or_too_early_changes_nothing(granted, taken):
    grants.settle_grants()
    grants.settle_grants()
    assert queries.locked(granted.id).status == "booked"


def test_on_the_pages_it_is_offered_taken_and_its_receipt_read(ask, ada, mia, browser_of):
    coach, asker = browser_of(ada.user), browser_of(mia)
    grants.choose_budget(ada.user, minutes_per_month=60)
    assert coach.submit(f"/asks/{ask.id}/grants", {"minutes": "1"}, seen=f"/asks/{ask.id}").status_code == 422
    assert coach.submit(f"/asks/{ask.id}/grants", {"minutes": "30"}, seen=f"/asks/{ask.id}").status_code == 303
    assert coach.submit(f"/asks/{ask.id}/grants", {"minutes": "30"}, seen=f"/asks/{ask.id}").status_code == 303
    (given,) = session().scalars(select(Grant)).all()
    assert asker.submit(f"/asks/{ask.id}/grants", {"minutes": "30"}, seen=f"/asks/{ask.id}").status_code == 404
    assert asker.get(f"/grants/{given.id}.pdf").status_code == 404
    assert coach.get(f"/grants/{given.id}").status_code == 404
    assert asker.submit(f"/grants/{given.id}", {"starts_at": "soon"}).status_code == 303
    gone = (TEN + timedelta(minutes=7)).isoformat()
    assert asker.submit(f"/grants/{given.id}", {"starts_at": gone}).status_code in {409, 422}
    assert asker.submit(f"/grants/{given.id}", {"starts_at": TEN.isoformat()}).status_code == 303
    assert asker.get(f"/grants/{given.id}").status_code == 303
    receipt = coach.get(f"/grants/{given.id}.pdf")
    assert (receipt.mimetype, receipt.data[:4]) == ("application/pdf", b"%PDF")
