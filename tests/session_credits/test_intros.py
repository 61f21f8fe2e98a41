"""A paid first session is taken off a credit as off a booking: once, whichever is bought first."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from marketplace.asks.payers import queries as payer_queries
from marketplace.asks.payers.service import links, paying
from marketplace.asks.quotes import service as quotes
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.intro_credits import queries as intro_credits
from marketplace.bookings.intro_credits import rules as intro_rules
from marketplace.bookings.overruns import service as overruns
from marketplace.db import session
from marketplace.invoices import queries as invoices
from marketplace.invoices.service import issuance
from marketplace.payments import queries as payments
from marketplace.session_credits import queries, rules
from marketplace.session_credits.service import orders, refunds
from tests.asks.conftest import asked
from tests.asks.payers.conftest import ACME, PURPOSE, secret_of
from tests.asks.test_pages import words
from tests.bookings.test_intro_credits import hold, times
from tests.factories import a_booking, a_person, an_offering
from tests.invariants.conftest import broken
from tests.session_credits.conftest import again, paid_for


@pytest.fixture
def full(ada):
    return an_offering(ada, title="An hour", minutes=60, price_cents=12000)


@pytest.fixture
def met(ada, full, mia, stripe, moment):
    """Mia and Ada have met for 30.00, an hour ago."""
    intro = an_offering(ada, title="Hello", minutes=30, price_cents=3000, intro=True)
    booking = a_booking(mia, intro, moment.now.replace(minute=0, second=0, microsecond=0) + timedelta(days=2), stripe)
    moment.set(booking.ends_at + timedelta(hours=1))
    return booking


@pytest.fixture
def quote(met, full, ada, mia):
    """Mia has met Ada for 30.00, and is offered an hour for 120.00."""
    return quotes.quote(ada.user, ask_id=asked(mia).id, minutes=60, price_cents=12000, note="")


def test_it_is_taken_off_shown_before_paying_and_stands_on_the_invoice(unpaid, met, mia, stripe, browser_of):
    assert (unpaid.price_cents, unpaid.intro_cents, unpaid.intro_id) == (9000, 3000, met.id)
    shown = words(browser_of(mia).get(f"/credits/{unpaid.id}"))
    assert "The first session counts: 30.00 USD off 120.00 USD" in shown
    assert "Pay 90.00 USD" in shown
    paid = paid_for(mia, unpaid, stripe)
    issuance.issue_invoices(str(paid.payment_id))
    (invoice,) = invoices.of_payment(paid.payment_id)
    assert "(first session counted: 30.00 USD off 120.00 USD)" in invoice.content["lines"][0]["what"]
    assert invoice.gross_cents == 9000


def test_its_session_has_the_same_taken_off_and_nothing_more(unpaid, met, mia, stripe, moment, run_jobs):
    paid = paid_for(mia, unpaid, stripe)
    quotes.settle_quotes()
    moment.advance(days=20)
    booking = orders.schedule(mia, credit_id=paid.id, starts_at=times(moment)[0])
    assert (booking.price_cents, booking.credit_cents, booking.credit_for) == (9000, 3000, met.id)
    run_jobs()
    assert not {"intros_count_once", "credits_are_in_one_place", "quotes_are_paid_once"} & broken()
    moment.set(booking.ends_at - timedelta(minutes=5))
    # Two minutes more may cost what two of sixty at the whole price do.
    assert overruns.most_cents(booking, 2) == 400


def test_who_has_a_credit_has_had_the_first_full_session(unpaid, full, mia, moment, stripe):
    assert intro_credits.credit_for(mia, full) is None
    assert hold(mia, full, times(moment)[0]).credit_cents == 0
    paid_for(mia, unpaid, stripe)
    assert hold(mia, full, times(moment)[1]).credit_cents == 0


def test_who_has_held_a_full_session_has_nothing_taken_off_a_credit(met, full, quote, mia, moment):
    assert hold(mia, full, times(moment)[0]).credit_cents == 3000
    bought = quotes.buy_credit(mia, quote_id=quote.id)
    assert (bought.price_cents, bought.intro_id) == (12000, None)


def test_a_credit_that_is_not_paid_cancelled_or_lost_and_won_back_gives_it_back_or_keeps_it(
    unpaid,
    quote,
    full,
    met,
    mia,
    moment,
    stripe,
):
    moment.advance(minutes=16)
    # Before anybody has ended it.
    booking = hold(mia, full, times(moment)[0])
    assert booking.credit_cents == 3000
    cancellations.cancel(mia, booking_id=booking.id, expected_refund_cents=0)
    refunds.settle_credits()
    quotes.settle_quotes()
    paid = paid_for(mia, quotes.buy_credit(mia, quote_id=quote.id), stripe)
    assert paid.intro_cents == 3000
    refunds.cancel(mia, credit_id=paid.id)
    assert payments.refunds_of(paid.payment_id)[0].amount_cents == 9000
    assert intro_credits.credit_for(mia, full).cents == 3000


def test_while_money_may_still_come_for_one_it_keeps_the_first_session(unpaid, full, mia, moment, stripe):
    orders.pay(mia, credit_id=unpaid.id)
    stripe.pay(payments.of_subject(unpaid.id).checkout_id)
    moment.advance(minutes=16)
    refunds.settle_credits()
    assert again(unpaid).status == "lapsed"
    assert intro_credits.credit_for(mia, full) is None


def test_it_counts_for_two_weeks_and_for_nobody_else(met, quote, full, ada, mia, moment):
    noor = a_person("Noor")
    theirs = quotes.quote(ada.user, ask_id=asked(noor).id, minutes=60, price_cents=12000, note="")
    assert quotes.buy_credit(noor, quote_id=theirs.id).intro_cents == 0
    moment.set(met.ends_at + timedelta(days=14))
    late = quotes.quote(ada.user, ask_id=quote.ask_id, minutes=60, price_cents=12000, note="")
    assert quotes.buy_credit(mia, quote_id=late.id).intro_cents == 0


def test_whoever_pays_by_the_link_reads_and_pays_what_is_left(met, quote, mia, stripe, api):
    secret = secret_of(links.make_link(mia, quote_id=quote.id, purpose=PURPOSE))
    assert payer_queries.page(quote.id, secret).price_cents == 9000
    paying.pay(quote.id, secret, ACME, without_time=True)
    assert payer_queries.page(quote.id, secret).price_cents == 9000
    (bought,) = queries.page_for(mia, as_coach=False)[0]
    paid_for(mia, bought, stripe)
    quotes.settle_quotes()
    texts = session().scalars(text("select text from messages where recipient = :to"), {"to": mia.email})
    assert any("Acme Ltd has paid 90.00 USD for your session." in " ".join(each.split()) for each in texts)
    shown = api(mia).get(f"/credits/{bought.id}").json
    assert shown["price"]["amount"] == 9000
    assert shown["intro_credit"] == {"amount": 3000, "currency": "usd"}
    assert shown["intro_id"] == str(met.id)


def test_the_states_are_those_of_session_credits():
    assert {intro_rules.UNPAID} | intro_rules.BOUGHT == rules.FULL_SESSION
    assert intro_rules.LAPSED == rules.LAPSED


@pytest.mark.parametrize(
    "done",
    [
        "update session_credits set intro_cents = 3001, price_cents = 8999",
        "update bookings set intro = false where intro",
        "insert into session_credits select (c).* from (select jsonb_populate_record(c, jsonb_build_object("
        "'id', gen_random_uuid(), 'payment_id', null)) as c from session_credits c) as twice",
    ],
)
def test_a_first_session_that_counts_twice_or_for_too_much_is_found(unpaid, mia, stripe, done):
    paid_for(mia, unpaid, stripe)
    assert "intros_count_once" not in broken()
    session().execute(text("drop index session_credits_intro_counts_once"))
    session().execute(text(done))
    assert "intros_count_once" in broken()
