"""Stripe's messages: stored once, handled once, in any order, and fetched when they never came."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from marketplace import clock
from marketplace.bookings import queries as bookings
from marketplace.bookings import rules as booking_rules
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.db import session
from marketplace.errors import NotFound, Unavailable
from marketplace.ledger.queries.balances import balances
from marketplace.payments import queries as payments
from marketplace.payments.service import refunds
from marketplace.payments.stripe_gateway.client import BadSignature, GatewayRefused
from marketplace.payments.stripe_gateway.refusals import Refusal
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.service import bank_accounts
from marketplace.reconciliation.service import reconcile
from marketplace.stripe_inbox import handlers, queries, service
from tests.factories import a_booking, a_coach, a_hold, an_offering, open_all_week
from tests.queue import waiting
from tests.sandbox import signed

TOMORROW_AT_TEN = datetime(2027, 3, 2, 10, tzinfo=UTC)
PLATFORM, THIN = "whsec_platform_of_the_tests", "whsec_thin_of_the_tests"


@pytest.fixture
def offering():
    return an_offering(open_all_week(a_coach("ada")))


@pytest.fixture
def paid_unheard(mia, offering, stripe):
    """A held time that was paid for on Stripe's page while we were deaf."""
    booking = a_hold(mia, offering, TOMORROW_AT_TEN)
    booking_checkout.pay(mia, booking_id=booking.id)
    stripe.pay(payments.of_subject(booking.id).checkout_id)
    session().execute(text("delete from procrastinate_jobs"))
    session().commit()
    return booking


def state(booking):
    return bookings.locked(booking.id).status


def an_event(type_="made.up", id_="evt_1", **found):
    return {"id": id_, "type": type_, "data": {"object": found}}


def deliver(event, secret=PLATFORM, kind="platform"):
    return service.receive(kind, *signed(event, secret))


def handled(event, **more):
    deliver(event, **more)
    service.handle_event(event["id"])
    return queries.one(event["id"])


def test_an_event_is_stored_once_with_its_job():
    event = an_event(id="ch_1")
    assert deliver(event) is True
    assert deliver(event) is False
    assert waiting() == ["handle_event"]
    stored = queries.one("evt_1")
    assert (stored.type, stored.object_id, stored.payload, stored.handled_at) == ("made.up", "ch_1", event, None)


@pytest.mark.parametrize(
    "sent",
    [
        lambda: signed(an_event(), "whsec_of_somebody_else"),
        lambda: (signed(an_event(), PLATFORM)[0] + b" ", signed(an_event(), PLATFORM)[1]),
        lambda: signed(an_event(), PLATFORM, at=int(datetime.now(UTC).timestamp()) - 3600),
        lambda: signed(an_event(), PLATFORM, at=int(datetime.now(UTC).timestamp()) + 3600),
        lambda: signed(an_event(), THIN),
        lambda: (b"{}", ""),
        lambda: (b"{}", "t=now,v1=00"),
    ],
    ids=["other secret", "changed", "old", "future", "other endpoint", "unsigned", "nonsense"],
)
def test_what_stripe_did_not_sign_just_now_is_refused(sent):
    with pytest.raises(BadSignature):
        service.receive("platform", *sent())
    assert queries.latest() == []


def test_what_is_signed_and_no_event_is_refused():
    with pytest.raises(service.NotAnEvent):
        service.receive("platform", *signed({"hello": 1}, PLATFORM))


def test_in_order_backwards_and_repeated_the_end_is_the_same(mia, offering, stripe, paid_unheard, run_jobs):
    events = stripe.events()
    for event in [*events[::-1], *events, *events]:
        deliver(event)
    run_jobs()
    for event in events[::-1]:
        service.replay(event["id"])
    assert state(paid_unheard) == booking_rules.CONFIRMED
    assert balances()[("sessions_owed", "usd")] == 12000
    assert queries.count_unhandled() == 0
    assert reconcile().agrees


def test_each_of_a_payments_events_alone_is_enough(mia, offering, stripe, run_jobs):
    for type_ in ("checkout.session.completed", "payment_intent.succeeded", "charge.succeeded"):
        start = TOMORROW_AT_TEN + timedelta(hours=len(type_))
        booking = a_hold(mia, an_offering(open_all_week(a_coach(type_[:6]), "00:00", "24:00")), start)
        booking_checkout.pay(mia, booking_id=booking.id)
        stripe.pay(payments.of_subject(booking.id).checkout_id)
        event = stripe.events(type_)[-1]
        assert handled(event).handled_at == clock.now()
        assert state(booking) == booking_rules.CONFIRMED, type_


def test_an_event_that_never_came_is_fetched(mia, offering, stripe, run_jobs):
    stripe.add_webhook("http://127.0.0.1:9/nobody", PLATFORM)
    stripe.deliver("drop")
    booking = a_hold(mia, offering, TOMORROW_AT_TEN)
    booking_checkout.pay(mia, booking_id=booking.id)
    stripe.pay(payments.of_subject(booking.id).checkout_id)
    assert state(booking) == booking_rules.HELD
    assert service.sweep_events() == len(stripe.events())
    assert service.sweep_events() == 0
    run_jobs()
    assert state(booking) == booking_rules.CONFIRMED
    assert queries.count_unhandled() == 0
    assert len(queries.latest(type_="checkout.session.completed")) == 1


def test_a_stored_event_whose_job_is_lost_is_taken_up(moment):
    deliver(an_event())
    session().execute(text("delete from procrastinate_jobs"))
    service._resume_lost()
    assert waiting() == []
    moment.advance(minutes=2)
    service._resume_lost()
    service._resume_lost()
    assert waiting() == ["handle_event"]


def test_an_answer_that_was_lost_is_adopted_from_the_message(mia, offering, stripe):
    booking = a_hold(mia, offering, TOMORROW_AT_TEN)
    stripe.fault("/v1/checkout/sessions", "drop_after", method="POST")
    with pytest.raises(Unavailable):
        booking_checkout.pay(mia, booking_id=booking.id)
    payment = payments.of_subject(booking.id)
    assert payment.checkout_id is None
    (page,) = stripe.read("checkout/sessions")["data"]
    stripe.pay(page["id"])
    handled(stripe.events("checkout.session.completed")[-1])
    assert payments.one(payment.id).checkout_id == page["id"]
    assert state(booking) == booking_rules.CONFIRMED


def test_a_refund_is_followed_to_its_end(mia, offering, stripe, run_jobs):
    booking = a_booking(mia, offering, TOMORROW_AT_TEN + timedelta(days=3), stripe)
    cancellations.cancel(mia, booking_id=booking.id, expected_refund_cents=12000)
    run_jobs()
    for event in stripe.events("charge.refunded", "refund.created", "refund.updated", "charge.refund.updated")[::-1]:
        assert handled(event).note is None
    assert [refund.status for refund in payments.refunds_of(booking.payment_id)] == ["succeeded"]
    assert reconcile().agrees


def test_a_refund_whose_answer_was_lost_is_known_by_what_we_wrote_on_it(mia, offering, stripe):
    booking = a_booking(mia, offering, TOMORROW_AT_TEN + timedelta(days=3), stripe)
    cancellations.cancel(mia, booking_id=booking.id, expected_refund_cents=12000)
    (refund,) = payments.refunds_of(booking.payment_id)
    stripe.fault("/v1/refunds", "drop_after", method="POST")
    with pytest.raises(Unavailable):
        refunds.send_refund(str(refund.id))
    assert handled(stripe.events("refund.created")[-1]).note is None
    assert payments.refund(refund.id).stripe_id


def test_a_refund_that_we_did_not_ask_for_is_noted(stripe):
    for number, metadata in enumerate(({}, {"refund_id": "none"}, {"refund_id": str(uuid.uuid4())})):
        event = an_event("refund.created", id_=f"evt_{number}", id="re_1", metadata=metadata)
        assert handled(event).note == "A refund that we did not ask for: reconciliation names it."


@pytest.mark.parametrize(
    ("type_", "found"),
    [
        ("checkout.session.completed", {"id": "cs_1", "metadata": {"payment_id": str(uuid.uuid4())}}),
        ("checkout.session.completed", {"id": "cs_1", "metadata": {}}),
        ("payment_intent.succeeded", {"id": "pi_1", "metadata": {"payment_id": "not one"}}),
        ("charge.succeeded", {"id": "ch_1", "payment_intent": "pi_1", "metadata": {}}),
        ("charge.refunded", {"id": "ch_1", "payment_intent": None}),
    ],
)
def test_what_is_not_ours_is_handled_with_a_note(type_, found, stripe):
    event = handled(an_event(type_, **found))
    assert (event.handled_at, event.note, event.error) == (clock.now(), handlers.NOT_OURS, None)


def test_unknown_types_are_kept_and_passed_over():
    event = handled(an_event("customer.created", id="cus_1"))
    assert (event.handled_at, event.note) == (clock.now(), handlers.NOT_HANDLED)


def test_a_coachs_own_charges_are_none_of_ours():
    event = an_event("charge.succeeded", id="py_1") | {"account": "acct_1"}
    assert handled(event).note == handlers.NOT_HANDLED


def test_an_object_that_stripe_does_not_know_is_noted(stripe):
    assert handled(an_event("transfer.created", id="tr_gone")).note.startswith("Stripe does not know this any more")


def test_a_failure_is_kept_and_raised_for_the_queue(stripe, paid_unheard):
    (event,) = stripe.events("checkout.session.completed")
    stripe.fault("/v1/checkout/sessions/*", "fail_before", times=2)
    for attempt in (1, 2):
        with pytest.raises(Unavailable):
            handled(event)
        stored = queries.one(event["id"])
        assert (stored.attempts, stored.handled_at) == (attempt, None)
        assert stored.error.startswith("Unavailable: Our payment provider")
    service.handle_event(event["id"])
    stored = queries.one(event["id"])
    assert (stored.attempts, stored.handled_at, stored.error) == (3, clock.now(), None)
    service.handle_event(event["id"])
    assert queries.one(event["id"]).attempts == 3


def test_a_definite_no_is_a_failure_too(stripe, monkeypatch):
    event = an_event("transfer.created", id="tr_1")
    refused = GatewayRefused(Refusal(code="account_invalid", message="No access.", http_status=403))

    def no(_):
        raise refused

    monkeypatch.setattr(handlers, "ON_OUR_ACCOUNT", [("transfer.", no)])
    with pytest.raises(GatewayRefused):
        handled(event)


def test_a_charge_that_was_refunded_before_we_knew_its_intent_is_followed_later(mia, offering, stripe):
    booking = a_hold(mia, offering, TOMORROW_AT_TEN)
    found = {"id": "ch_1", "metadata": {"payment_id": str(booking.payment_id)}}
    assert handled(an_event("charge.refunded", **found)).handled_at == clock.now()


def test_two_at_once_are_harmless(stripe, paid_unheard):
    (event,) = stripe.events("checkout.session.completed")
    deliver(event)
    first, second = service._begin(event["id"]), service._begin(event["id"])
    assert first == second == event
    service.handle_event(event["id"])
    service._done(event["id"], "late")
    service._failed(event["id"], "late")
    stored = queries.one(event["id"])
    assert (stored.note, stored.error) == (None, None)


def test_only_what_came_can_be_replayed():
    with pytest.raises(NotFound):
        service.replay("evt_unknown")
    service.handle_event("evt_unknown")
    service._failed("evt_unknown", "x")
    service._done("evt_unknown", None)


def test_a_dispute_is_read_at_stripe_and_recorded(mia, offering, stripe):
    booking = a_booking(mia, offering, TOMORROW_AT_TEN, stripe)
    disputed = stripe.dispute(payments.one(booking.payment_id).charge_id, reason="fraudulent")
    assert handled(an_event("charge.dispute.closed", id_="evt_1", id=disputed["id"])).note is None
    assert payments.one(booking.payment_id).disputed_at == clock.now()
    stripe.decide(disputed["id"], "won")
    handled(an_event("charge.dispute.created", id_="evt_2", id=disputed["id"]))
    assert payments.one(booking.payment_id).disputed_at is None


def test_a_dispute_of_somebody_elses_charge_is_not_ours(mia, offering, stripe):
    booking = a_booking(mia, offering, TOMORROW_AT_TEN, stripe)
    disputed = stripe.dispute(payments.one(booking.payment_id).charge_id, reason="fraudulent")
    session().execute(text("update bookings set payment_id = null"))
    session().execute(text("delete from payments"))
    session().commit()
    session().expunge_all()
    assert handled(an_event("charge.dispute.created", id_="evt_1", id=disputed["id"])).note == handlers.NOT_OURS


@pytest.fixture
def bank(offering, stripe):
    bank_accounts.connect_bank(offering.coach.user, country="DE")
    account = bank_account_queries.account_of(offering.coach_id)
    stripe.onboard(account.stripe_id)
    return account


@pytest.mark.parametrize("kind", ["thin", "connect"])
def test_a_message_about_an_account_makes_us_look_at_it(kind, bank):
    thin = {
        "id": "evt_1",
        "type": "v2.core.account[configuration.recipient].capability_status_updated",
        "related_object": {"id": bank.stripe_id, "type": "v2.core.account"},
    }
    connect = an_event("account.updated", id=bank.stripe_id) | {"account": bank.stripe_id}
    event, secret = {"thin": (thin, THIN), "connect": (connect, "whsec_connect_of_the_tests")}[kind]
    assert handled(event, secret=secret, kind=kind).note is None
    assert bank_account_queries.account(bank.stripe_id).ready


def test_a_message_about_somebody_elses_account_is_noted():
    event = an_event("account.updated", id="acct_other") | {"account": "acct_other"}
    assert handled(event).note == handlers.NOT_OURS


def test_events_are_listed_by_state_type_and_time(moment):
    handled(an_event("a.one", id_="evt_1"))
    moment.advance(minutes=1)
    deliver(an_event("b.two", id_="evt_2"))
    assert [event.id for event in queries.latest()] == ["evt_2", "evt_1"]
    assert [event.id for event in queries.latest(handled=True)] == ["evt_1"]
    assert [event.id for event in queries.latest(handled=False)] == ["evt_2"]
    assert [event.id for event in queries.latest(type_="b.")] == ["evt_2"]
    assert [event.id for event in queries.latest(before=clock.now())] == ["evt_1"]
