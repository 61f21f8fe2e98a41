"""What is paid in the demo: a session and its overrun, credits, a written answer, a quote that an employer pays."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from devtools import demo_texts as texts
from devtools.demo_days import days_ago
from marketplace import clock, payment_subjects
from marketplace.accounts.models import User
from marketplace.asks.payers.service import links, paying
from marketplace.asks.quotes import queries as quote_queries
from marketplace.asks.quotes import service as quotes
from marketplace.asks.quotes.models import Quote
from marketplace.asks.service import sending
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.completions import service as completions
from marketplace.bookings.earnings import service as earnings
from marketplace.bookings.holds import service as holds
from marketplace.bookings.overruns import service as overruns
from marketplace.coaches import queries as coaches
from marketplace.coaches.models import Offering
from marketplace.invoices.service import issuance
from marketplace.payments import queries as payments
from marketplace.payments.billing_parties.rules import Named
from marketplace.scheduling.queries import free_times
from marketplace.session_credits import queries as credit_queries
from marketplace.session_credits.service import orders as credits
from marketplace.written_answers.service import deliveries
from marketplace.written_answers.service import orders as answers
from stripe_sandbox.testing import RunningSandbox

LAPSES_IN_DAYS = 4


def tell(stripe: RunningSandbox, ada: User, carla: User, mia: User, noor: User) -> None:
    """Write it, the oldest first: a sandbox's clock goes forward, and shows the present at the end."""
    with _then(stripe, 60 - LAPSES_IN_DAYS):
        _buy_credit(stripe, ada, mia, texts.ON_CALL)
    _overrun(stripe, ada, noor)
    with _then(stripe, 14):
        _answer_in_words(stripe, ada, mia)
    with _then(stripe, 6):
        credit_id = _buy_credit(stripe, carla, noor, texts.STORY)
        offering = credit_queries.offering_of(credit_queries.locked(credit_id))
        credits.schedule(noor, credit_id=credit_id, starts_at=_free(offering, days=8))
    with _then(stripe, 5):
        _have_an_employer_pay(stripe, ada, mia)
    with _then(stripe, 3):
        _buy_credit(stripe, carla, mia, texts.STORY)
    stripe.set_clock(clock.now())
    earnings.release_earnings()
    payment_subjects.settle_written_answers()


@contextmanager
def _then(stripe: RunningSandbox, days: float) -> Iterator[None]:
    """So many days ago, at Stripe as well."""
    with days_ago(days):
        stripe.set_clock(clock.now())
        yield


def _paid(stripe: RunningSandbox, subject_id: uuid.UUID) -> None:
    """Pay on the page that is open for this, and bring our books in step."""
    payment = payments.of_subject(subject_id)
    assert payment is not None
    assert payment.checkout_id is not None
    stripe.pay(payment.checkout_id)
    payment_subjects.settle_payment(str(payment.id))
    issuance.issue_invoices(str(payment.id))
    quotes.settle_quotes()


def _quoted(coach: User, asker: User, brief: Mapping[str, Any], **more: Any) -> Quote:
    handle = coaches.profile_of(coach).handle
    ask = sending.send(asker, handle=handle, **brief)
    return quotes.quote(coach, ask_id=ask.id, minutes=brief["minutes"], price_cents=None, note="", **more)


def _free(offering: Offering, days: float) -> datetime:
    """The first free time of an offering in so many days or a little later."""
    start = clock.now() + timedelta(days=days)
    found = free_times.first_free(offering, start=start, end=start + timedelta(days=7))
    assert found is not None
    return found


def _buy_credit(stripe: RunningSandbox, coach: User, asker: User, brief: Mapping[str, Any]) -> uuid.UUID:
    credit = quotes.buy_credit(asker, quote_id=_quoted(coach, asker, brief).id)
    credits.pay(asker, credit_id=credit.id)
    _paid(stripe, credit.id)
    return credit.id


def _overrun(stripe: RunningSandbox, coach: User, mentee: User) -> None:
    """A session that was booked and paid, and a quarter of an hour more."""
    with _then(stripe, 26):
        offered = coaches.offerings_of(coaches.profile_of(coach).id)[0]
        offering = coaches.offering_for_booking(offered.id)
        starts_at = _free(offering, days=2)
        booking = holds.hold(mentee, offering_id=offering.id, starts_at=starts_at, brief=texts.BOOKED)
        booking_checkout.pay(mentee, booking_id=booking.id)
        _paid(stripe, booking.id)
    with _then(stripe, (clock.now() - booking.ends_at) / timedelta(days=1) - 0.01):
        completions.complete(coach, booking_id=booking.id, outcome="took_place")
        proposed = overruns.propose(coach, booking_id=booking.id, minutes=15)
        overruns.accept(mentee, overrun_id=proposed.id)
        _paid(stripe, proposed.id)


def _answer_in_words(stripe: RunningSandbox, coach: User, asker: User) -> None:
    deliver_by = clock.now() + timedelta(days=4)
    quote = _quoted(coach, asker, texts.INDEXES, form="written", deliver_by=deliver_by)
    answer = quotes.order(asker, quote_id=quote.id)
    answers.pay(asker, answer_id=answer.id)
    _paid(stripe, answer.id)
    deliveries.deliver(coach, answer_id=answer.id, answer=texts.INDEXES_ANSWER)
    payment = payments.of_subject(answer.id)
    assert payment is not None
    payment_subjects.capture_payment(str(payment.id))
    issuance.issue_invoices(str(payment.id))


def _have_an_employer_pay(stripe: RunningSandbox, coach: User, asker: User) -> None:
    """Mia chooses a time, and whoever has the link pays it."""
    quote = _quoted(coach, asker, texts.BOARD)
    url = links.make_link(asker, quote_id=quote.id, purpose=texts.PURPOSE)
    starts_at = _free(quote_queries.offering_as_quoted(quote), days=9)
    booking = quotes.hold(asker, quote_id=quote.id, starts_at=starts_at)
    employer = Named(**texts.EMPLOYER | {"reference": texts.PAID_REFERENCE})
    paying.pay(quote.id, url.rpartition("/")[2], employer)
    _paid(stripe, booking.id)
