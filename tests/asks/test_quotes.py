"""Quotes: sent, replaced, taken once, paid for, let go, over."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from marketplace.asks import queries as asks
from marketplace.asks.quotes import queries
from marketplace.asks.quotes import service as quotes
from marketplace.asks.quotes.models import Quote
from marketplace.asks.quotes.rules import HELD, PAID, SENT, STATES
from marketplace.asks.quotes.transitions import transition_quote
from marketplace.asks.service import answers, sending
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.holds import expiry as hold_expiry
from marketplace.bookings.holds import service as holds
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.bookings.reschedules import service as reschedules
from marketplace.coaches.service import offerings
from marketplace.db import session
from marketplace.errors import Invalid, NotFound
from marketplace.notifications.models import Message
from marketplace.payments import queries as payments
from marketplace.states import TransitionRefused
from tests.factories import a_booking, a_coach, a_payment, a_person
from tests.invariants.conftest import broken
from tests.scenes import TEN
from tests.transitions import every_pair, states_of_the_database


def quoted(ask, ada, minutes=45, price_cents=None, note=""):
    return quotes.quote(ada.user, ask_id=ask.id, minutes=minutes, price_cents=price_cents, note=note)


def again(quote):
    """As it is now."""
    return session().get(Quote, quote.id, populate_existing=True)


def status_of(mia, ask):
    return asks.one(mia, ask.id).status


@pytest.fixture
def quote(ask, ada):
    """Ada offers 45 minutes for 90.00 USD, as her card has it."""
    return quoted(ask, ada)


def test_a_quote_has_the_cards_price_unless_another_is_written(ask, ada, mia):
    assert quoted(ask, ada).price_cents == 9000
    assert quoted(ask, ada, 210).price_cents == 42000
    assert quoted(ask, ada, 60, 10000).price_cents == 10000
    mails = select(Message.subject).where(Message.recipient == mia.email).order_by(Message.id)
    assert session().scalars(mails).all()[-1] == "Ada offers you 60 minutes for 100.00 USD"


@pytest.mark.parametrize(
    "change", [{"price_cents": 2249}, {"price_cents": 10**9}, {"minutes": 9}, {"note": "x" * 1001}]
)
def test_a_price_is_never_below_the_floor_and_a_length_is_one_that_may_be(ask, ada, change):
    with pytest.raises(Invalid):
        quoted(ask, ada, **change)
    assert quoted(ask, ada, price_cents=2250).price_cents == 2250


def test_another_quote_replaces_the_one_before(quote, ask, ada, mia):
    second = quoted(ask, ada, 30)
    assert (again(quote).status, again(second).status) == ("superseded", SENT)
    with pytest.raises(quotes.QuoteOver):
        quotes.hold(mia, quote_id=quote.id, starts_at=TEN)
    assert quotes.hold(mia, quote_id=second.id, starts_at=TEN).price_cents == 6000


def test_only_its_coach_quotes_and_only_who_asked_takes_it(quote, ask, ada, mia, alma):
    for stranger in (mia, alma, a_coach("beth").user, a_person("Noor")):
        with pytest.raises(NotFound):
            quotes.quote(stranger, ask_id=ask.id, minutes=30, price_cents=None, note="")
    for stranger in (ada.user, alma, a_person("Eve")):
        with pytest.raises(NotFound):
            quotes.hold(stranger, quote_id=quote.id, starts_at=TEN)
    with pytest.raises(NotFound):
        queries.one(alma, quote.id)


def test_a_time_is_held_in_its_length_at_its_price_and_paid_for(quote, ask, ada, mia, stripe):
    booking = quotes.hold(mia, quote_id=quote.id, starts_at=TEN)
    assert (booking.status, booking.price_cents, booking.ends_at - booking.starts_at) == (
        "held",
        9000,
        timedelta(minutes=45),
    )
    assert booking.brief == ask.about
    assert again(quote).status == HELD
    with pytest.raises(quotes.QuoteBeingPaid):
        quotes.hold(mia, quote_id=quote.id, starts_at=TEN + timedelta(hours=2))
    for refused in (
        lambda: quoted(ask, ada, 30),
        lambda: answers.decline(ada.user, ask_id=ask.id, reason="no_time", reply=""),
        lambda: sending.withdraw(mia, ask_id=ask.id),
    ):
        with pytest.raises(quotes.QuoteBeingPaid):
            refused()
    paid = a_payment(mia, booking, stripe)
    assert (paid.status, paid.payment.amount_cents) == ("confirmed", 9000)
    quotes.settle_quotes()
    quotes.settle_quotes()
    assert (again(quote).status, status_of(mia, ask)) == (PAID, "booked")
    assert {"quotes_are_paid_once", "quotes_follow_their_session", "asks_end"} & broken() == set()
    with pytest.raises(quotes.QuoteOver):
        quotes.hold(mia, quote_id=quote.id, starts_at=TEN + timedelta(hours=2))


def test_a_hold_that_lapses_gives_the_quote_back_once_nobody_can_pay_any_more(quote, ask, ada, mia, stripe, moment):
    booking = quotes.hold(mia, quote_id=quote.id, starts_at=TEN)
    booking_checkout.pay(mia, booking_id=booking.id)
    moment.advance(minutes=16)
    hold_expiry.expire_holds()
    quotes.settle_quotes()
    assert again(quote).status == HELD
    payment_outcomes.abandon_payment(str(payments.of_subject(booking.id).id))
    quotes.settle_quotes()
    assert again(quote).status == SENT
    assert quotes.hold(mia, quote_id=quote.id, starts_at=TEN).status == "held"


def test_money_that_comes_after_the_hold_lapsed_books_the_time_and_pays_the_quote(quote, ask, mia, stripe, moment):
    booking = quotes.hold(mia, quote_id=quote.id, starts_at=TEN)
    booking_checkout.pay(mia, booking_id=booking.id)
    payment = payments.of_subject(booking.id)
    stripe.pay(payment.checkout_id)
    moment.advance(minutes=16)
    hold_expiry.expire_holds()
    quotes.settle_quotes()
    assert again(quote).status == HELD
    payment_outcomes.settle_payment(str(payment.id))
    quotes.settle_quotes()
    assert (again(quote).status, status_of(mia, ask)) == (PAID, "booked")


def test_a_time_that_is_let_go_leaves_the_quote_to_be_taken(quote, ask, mia):
    booking = quotes.hold(mia, quote_id=quote.id, starts_at=TEN)
    cancellations.cancel(mia, booking_id=booking.id, expected_refund_cents=0)
    assert quotes.hold(mia, quote_id=quote.id, starts_at=TEN + timedelta(hours=1)).status == "held"


def test_a_session_of_a_quote_that_is_cancelled_later_does_not_give_the_quote_back(quote, ask, mia, ada, stripe):
    booking = a_payment(mia, quotes.hold(mia, quote_id=quote.id, starts_at=TEN), stripe)
    cancellations.cancel(ada.user, booking_id=booking.id, expected_refund_cents=9000)
    quotes.settle_quotes()
    assert again(quote).status == PAID


def test_after_three_days_a_quote_is_over_and_its_ask_with_it(quote, ask, mia, moment):
    moment.advance(hours=72)
    with pytest.raises(quotes.QuoteOver):
        quotes.hold(mia, quote_id=quote.id, starts_at=datetime(2027, 3, 8, 10, tzinfo=UTC))
    assert "quotes_follow_their_session" not in broken()
    moment.advance(minutes=31)
    assert "quotes_follow_their_session" in broken()
    quotes.settle_quotes()
    quotes.settle_quotes()
    assert (again(quote).status, status_of(mia, ask)) == ("expired", "lapsed")
    mails = select(Message.subject).where(Message.recipient == mia.email)
    assert list(session().scalars(mails)).count("The offer of Ada is over") == 1


def test_what_the_card_says_later_changes_nothing_and_a_suspended_coach_sells_nothing(quote, ada, mia, offering):
    offerings.edit_offering(ada.user, offering_id=offering.id, price_cents=50000, currency="usd")
    offerings.retire_offering(ada.user, offering_id=offering.id)
    booking = quotes.hold(mia, quote_id=quote.id, starts_at=TEN)
    assert booking.price_cents == 9000
    cancellations.cancel(mia, booking_id=booking.id, expected_refund_cents=0)
    ada.status = "suspended"
    session().commit()
    with pytest.raises(NotFound):
        quotes.hold(mia, quote_id=quote.id, starts_at=TEN)


def test_times_that_are_taken_or_not_offered_are_refused(quote, ada, mia, offering, stripe):
    a_booking(a_person("Noor"), offering, TEN, stripe)
    with pytest.raises(holds.SlotTaken):
        quotes.hold(mia, quote_id=quote.id, starts_at=TEN)
    with pytest.raises(holds.NotOffered):
        quotes.hold(mia, quote_id=quote.id, starts_at=TEN.replace(hour=3))
    assert again(quote).status == SENT


def test_its_session_keeps_its_length_when_it_is_moved(quote, mia, stripe):
    booking = a_payment(mia, quotes.hold(mia, quote_id=quote.id, starts_at=TEN), stripe)
    moved = reschedules.reschedule(mia, booking_id=booking.id, starts_at=TEN + timedelta(days=1))
    assert moved.ends_at - moved.starts_at == timedelta(minutes=45)
    assert "quotes_are_paid_once" not in broken()


def test_a_quote_is_withdrawn_with_its_ask_and_by_a_no(quote, ask, ada, mia):
    answers.decline(ada.user, ask_id=ask.id, reason="no_time", reply="Not any more.")
    assert again(quote).status == "withdrawn"
    with pytest.raises(quotes.AskOver):
        quoted(ask, ada)


def test_without_a_rate_card_there_is_nothing_to_quote_by(ask, ada, offering):
    offerings.retire_offering(ada.user, offering_id=offering.id)
    with pytest.raises(quotes.NothingToQuoteBy):
        quoted(ask, ada)


@pytest.mark.parametrize(("state", "to"), every_pair(STATES))
def test_a_quote_moves_as_the_table_says_and_no_other_way(quote, mia, state, to):
    booking = quotes.hold(mia, quote_id=quote.id, starts_at=TEN)
    session().execute(update(Quote).where(Quote.id == quote.id).values(status=state, booking_id=booking.id))
    found = again(quote)
    if STATES.allows(state, to):
        transition_quote(found, to)
        session().flush()
        assert found.status == to
        return
    with pytest.raises(TransitionRefused):
        transition_quote(found, to)


def test_the_database_knows_its_states_and_has_one_live_quote_for_an_ask(quote, ask):
    assert states_of_the_database("quotes") == set(STATES.states)
    columns = {name: getattr(quote, name) for name in set(Quote.__table__.columns.keys()) - {"id"}}
    with pytest.raises(IntegrityError), session().begin_nested():
        session().execute(Quote.__table__.insert().values(id=ask.id, **columns))
    with pytest.raises(IntegrityError), session().begin_nested():
        session().execute(update(Quote).where(Quote.id == quote.id).values(status="paid"))
