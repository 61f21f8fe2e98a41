"""A session without a time: bought once, scheduled once, reminded of, refunded."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from marketplace import payment_subjects
from marketplace.asks import queries as asks
from marketplace.asks.quotes import queries as quote_queries
from marketplace.asks.quotes import service as quotes
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.holds import service as holds
from marketplace.coaches.service import profiles
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.invoices import queries as invoices
from marketplace.invoices.service import issuance
from marketplace.ledger.queries.balances import balances
from marketplace.notifications.models import Message
from marketplace.payments import queries as payments
from marketplace.payments.service import disputes as payment_disputes
from marketplace.session_credits import queries
from marketplace.session_credits.service import orders, refunds
from marketplace.session_credits.transitions import transition_credit
from marketplace.states import TransitionRefused
from tests.asks.conftest import BRIEF
from tests.factories import a_person
from tests.invariants.conftest import broken
from tests.scenes import TEN
from tests.session_credits.conftest import again, paid_for
from tests.transitions import states_of_the_database


def subjects_to(person):
    return list(session().scalars(select(Message.subject).where(Message.recipient == person.email)))


def quote_of(mia, quote):
    return quote_queries.one(mia, quote.id)


def test_the_database_knows_the_states_of_the_table():
    assert states_of_the_database("session_credits") == {"unpaid", "open", "used", "lapsed", "refunded", "lost"}


def test_it_is_paid_for_and_owed_until_the_session_was_held(credit, quote, ask, ada, mia, moment):
    assert (credit.status, credit.expires_at) == ("open", moment.now + timedelta(days=60))
    assert (quote_of(mia, quote).status, asks.one(mia, ask.id).status) == ("paid", "booked")
    assert balances()["sessions_owed", "usd"] == 9000
    assert "Your session with Ada is paid. Choose a time" in subjects_to(mia)
    assert "A session is paid for, and Mia chooses a time later" in subjects_to(ada.user)
    issuance.issue_invoices(str(credit.payment_id))
    (invoice,) = invoices.of_payment(credit.payment_id)
    assert (invoice.seller_id, invoice.gross_cents) == (ada.user_id, 9000)
    assert "to be scheduled within 60 days" in invoice.content["lines"][0]["what"]
    assert broken() == set()


def test_its_session_is_about_what_was_asked(credit, mia, ask, api):
    booking = orders.schedule(mia, credit_id=credit.id, starts_at=TEN)
    found = api(mia).get(f"/bookings/{booking.id}/brief").json
    said = {"brief": ask.about, "by_when": "2027-03-20"}
    said |= {name: BRIEF[name] for name in ("not_about", "tried", "why_coach", "aim")}
    assert {name: found[name] for name in said} == said


def test_a_session_is_scheduled_with_it_once_and_has_its_payment(credit, mia, run_jobs):
    booking = orders.schedule(mia, credit_id=credit.id, starts_at=TEN)
    assert (booking.status, booking.price_cents, booking.payment_id) == ("confirmed", 9000, credit.payment_id)
    assert booking.ends_at - booking.starts_at == timedelta(minutes=45)
    assert (again(credit).status, again(credit).booking_id) == ("used", booking.id)
    with pytest.raises(orders.CreditUsed):
        orders.schedule(mia, credit_id=credit.id, starts_at=TEN + timedelta(hours=2))
    payment_subjects.payment_changed(str(credit.payment_id))
    run_jobs()
    assert broken() == set()


def test_a_session_of_a_credit_is_cancelled_and_refunded_as_any(credit, ada, mia, run_jobs):
    booking = orders.schedule(mia, credit_id=credit.id, starts_at=TEN)
    cancellations.cancel(ada.user, booking_id=booking.id, expected_refund_cents=9000)
    run_jobs()
    assert balances()["sessions_owed", "usd"] == 0
    assert again(credit).status == "used"
    assert broken() == set()


def test_only_its_mentee_pays_and_schedules_and_only_both_see_it(credit, ada, mia, alma):
    for stranger in (alma, a_person("Noor")):
        with pytest.raises(NotFound):
            queries.one(stranger, credit.id)
    for other in (ada.user, alma, a_person("Nils")):
        with pytest.raises(NotFound):
            orders.schedule(other, credit_id=credit.id, starts_at=TEN)
        with pytest.raises(NotFound):
            orders.pay(other, credit_id=credit.id)
        if other != alma:
            with pytest.raises(NotFound):
                queries.page_for_admin(other)
            with pytest.raises(NotFound):
                queries.open_sums(other)
    assert queries.open_sums(alma) == [("usd", 1, 9000)]


def test_a_quote_is_taken_with_a_time_or_without(unpaid, quote, mia, moment):
    for take in (
        lambda: quotes.buy_credit(mia, quote_id=quote.id),
        lambda: quotes.hold(mia, quote_id=quote.id, starts_at=TEN),
    ):
        with pytest.raises(quotes.QuoteBeingPaid):
            take()
    with pytest.raises(NotFound):
        quotes.buy_credit(a_person("Noor"), quote_id=quote.id)
    moment.advance(minutes=15)
    refunds.settle_credits()
    quotes.settle_quotes()
    assert (again(unpaid).status, quote_of(mia, quote).status) == ("lapsed", "sent")
    with pytest.raises(orders.CreditLapsed):
        orders.pay(mia, credit_id=unpaid.id)
    assert quotes.hold(mia, quote_id=quote.id, starts_at=TEN).status == "held"
    assert quote_of(mia, quote).credit_id is None


def test_it_lapses_with_its_page_and_what_is_paid_too_late_is_refunded(unpaid, quote, mia, moment, stripe, run_jobs):
    orders.pay(mia, credit_id=unpaid.id)
    moment.advance(minutes=14)
    refunds.settle_credits()
    assert again(unpaid).status == "unpaid"
    moment.advance(minutes=1)
    with pytest.raises(orders.CreditLapsed):
        orders.pay(mia, credit_id=unpaid.id)
    refunds.settle_credits()
    stripe.pay(payments.of_subject(unpaid.id).checkout_id)
    run_jobs()
    payment_subjects.payment_changed(str(again(unpaid).payment_id))
    assert (again(unpaid).status, again(unpaid).refunded_cents) == ("lapsed", 9000)
    assert balances()["sessions_owed", "usd"] == 0
    assert subjects_to(mia).count("90.00 USD is refunded: your session with Ada") == 1
    quotes.settle_quotes()
    assert quote_of(mia, quote).status == "sent"
    assert broken() == set()


def test_a_page_that_is_closed_ends_it(unpaid, mia, stripe):
    orders.pay(mia, credit_id=unpaid.id)
    payment_subjects.abandon_payment(str(payments.of_subject(unpaid.id).id))
    assert again(unpaid).status == "lapsed"


def test_what_is_paid_cannot_be_paid_again(credit, mia):
    with pytest.raises(orders.NoCreditToPay):
        orders.pay(mia, credit_id=credit.id)
    with pytest.raises(TransitionRefused):
        transition_credit(credit, "lapsed")


def test_its_mentee_is_reminded_three_times_and_then_refunded_in_full(credit, mia, ada, moment, stripe, run_jobs):
    told = []
    for days in (29, 1, 20, 8):
        moment.advance(days=days)
        refunds.settle_credits()
        refunds.settle_credits()
        told.append(sum(subject.startswith("Choose a time with Ada by") for subject in subjects_to(mia)))
    assert told == [0, 1, 2, 3]
    assert "Paid for and not scheduled" not in subjects_to(mia)
    moment.advance(days=2)
    with pytest.raises(orders.CreditUsed):
        orders.schedule(mia, credit_id=credit.id, starts_at=moment.now + timedelta(days=1))
    refunds.settle_credits()
    refunds.settle_credits()
    run_jobs()
    found = again(credit)
    assert (found.status, found.end_reason, found.refunded_cents) == ("refunded", "not_scheduled", 9000)
    assert balances()["sessions_owed", "usd"] == 0
    assert "90.00 USD is refunded: your session with Ada" in subjects_to(mia)
    assert "The session that Mia paid for is refunded" in subjects_to(ada.user)
    issuance.issue_invoices(str(credit.payment_id))
    assert [each.kind for each in invoices.of_payment(credit.payment_id)] == ["invoice", "credit_note"]
    assert not {"credits_end", "credits_are_in_one_place", "sessions_owed_is_unsettled"} & broken()


@pytest.mark.parametrize("leaving", ["suspended", "deactivated"])
def test_when_its_coach_leaves_it_is_refunded_and_both_are_told(credit, ada, alma, mia, run_jobs, leaving):
    if leaving == "suspended":
        profiles.suspend(alma, coach_id=ada.id, reason="Complaints.")
    else:
        ada.user.active = False
        session().commit()
    with pytest.raises(NotFound):
        orders.schedule(mia, credit_id=credit.id, starts_at=TEN)
    refunds.settle_credits()
    run_jobs()
    assert (again(credit).status, again(credit).end_reason) == ("refunded", "coach_left")
    mail = session().scalars(select(Message).where(Message.subject.startswith("90.00 USD is refunded"))).one()
    assert "offers no sessions here any more" in mail.text


def test_a_taken_time_is_refused_and_the_credit_kept(credit, mia, offering):
    holds.hold(a_person("Noor"), offering_id=offering.id, starts_at=TEN, brief="")
    with pytest.raises(holds.SlotTaken):
        orders.schedule(mia, credit_id=credit.id, starts_at=TEN)
    assert again(credit).status == "open"


def disputed(credit, stripe, **more):
    found = stripe.dispute(payments.one(credit.payment_id).charge_id, **more)
    payment_disputes.sync_dispute(found["id"])
    payment_subjects.dispute_changed(found["id"])
    return found["id"]


def decided(stripe, dispute_id, outcome):
    stripe.decide(dispute_id, outcome)
    for _twice in range(2):
        payment_disputes.sync_dispute(dispute_id)
        payment_subjects.dispute_changed(dispute_id)


def test_while_a_bank_asks_for_its_money_it_waits_and_won_it_is_scheduled(credit, mia, moment, stripe, run_jobs):
    dispute_id = disputed(credit, stripe)
    with pytest.raises(orders.CreditUsed):
        orders.schedule(mia, credit_id=credit.id, starts_at=TEN)
    moment.advance(days=61)
    refunds.settle_credits()
    assert again(credit).status == "open"
    decided(stripe, dispute_id, "won")
    refunds.settle_credits()
    run_jobs()
    assert again(credit).status == "refunded"
    assert "credits_are_in_one_place" not in broken()


def test_what_a_bank_takes_back_is_lost_once_and_an_appeal_gives_it_back(credit, mia, stripe):
    dispute_id = disputed(credit, stripe)
    decided(stripe, dispute_id, "lost")
    assert (again(credit).status, again(credit).refunded_cents) == ("lost", 9000)
    assert balances()["sessions_owed", "usd"] == 0
    assert not {"credits_are_in_one_place", "sessions_owed_is_unsettled", "refunds_match_bookings"} & broken()
    with pytest.raises(orders.CreditUsed):
        orders.schedule(mia, credit_id=credit.id, starts_at=TEN)


def test_an_appeal_that_is_won_lets_it_be_scheduled_again(credit, mia, stripe):
    dispute_id = disputed(credit, stripe)
    for outcome in ("lost", "won"):
        decided(stripe, dispute_id, outcome)
    assert (again(credit).status, again(credit).refunded_cents) == ("open", 0)
    assert balances()["sessions_owed", "usd"] == 9000
    orders.schedule(mia, credit_id=credit.id, starts_at=TEN)
    assert not {"credits_are_in_one_place", "sessions_owed_is_unsettled", "refunds_match_bookings"} & broken()


def test_an_appeal_over_a_part_of_it_refunds_that_part_too(credit, mia, stripe, run_jobs):
    dispute_id = disputed(credit, stripe, amount=4000)
    decided(stripe, dispute_id, "lost")
    run_jobs()
    assert (again(credit).status, payments.refunded_cents(credit.payment_id)) == ("lost", 5000)
    decided(stripe, dispute_id, "won")
    run_jobs()
    assert (again(credit).status, again(credit).refunded_cents) == ("refunded", 9000)
    assert payments.refunded_cents(credit.payment_id) == 9000
    assert balances()["sessions_owed", "usd"] == 0
    with pytest.raises(orders.CreditUsed):
        orders.schedule(mia, credit_id=credit.id, starts_at=TEN)
    assert not {"credits_are_in_one_place", "sessions_owed_is_unsettled", "refunds_match_bookings"} & broken()


def test_a_dispute_of_a_credit_that_is_used_is_its_sessions(credit, mia, stripe):
    booking = orders.schedule(mia, credit_id=credit.id, starts_at=TEN)
    dispute_id = disputed(credit, stripe)
    decided(stripe, dispute_id, "lost")
    assert (again(credit).status, booking.refunded_cents) == ("used", 9000)
    assert "credits_are_in_one_place" not in broken()


def test_a_credit_that_is_used_twice_or_kept_too_long_is_found(credit, mia, moment):
    orders.schedule(mia, credit_id=credit.id, starts_at=TEN)
    session().execute(text("update session_credits set status = 'open', booking_id = null, ended_at = null"))
    assert "credits_are_in_one_place" in broken()
    moment.advance(days=60, hours=1)
    assert "credits_end" in broken()


def test_a_second_payment_cannot_be_lost_in_it(unpaid, mia, stripe):
    paid = paid_for(mia, unpaid, stripe)
    payment_subjects.payment_changed(str(paid.payment_id))
    assert again(unpaid).status == "open"
