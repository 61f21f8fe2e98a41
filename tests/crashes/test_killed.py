"""kill -9 between Stripe's answer and our record: after a restart the fact exists once there and once here."""

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import requests
from sqlalchemy import select, text

from marketplace import clock
from marketplace.accounts.tokens import service as token_service
from marketplace.bookings import queries, rules
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.completions import service as completions
from marketplace.bookings.earnings import service as earnings
from marketplace.bookings.models import Booking
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.db import begin_transaction, session
from marketplace.ledger import rules as ledger
from marketplace.ledger.queries.balances import balance
from marketplace.ledger.queries.entries import entries
from marketplace.ledger.service.postings import post
from marketplace.payments.models import Payment, Refund
from marketplace.payouts.models import ConnectedAccount, Payout, PayoutReversal
from marketplace.payouts.service import bank_accounts
from marketplace.payouts.service import reversals as payout_reversals
from marketplace.payouts.service import runs as payout_runs
from marketplace.payouts.service import transfers as payout_transfers
from marketplace.reconciliation.service import reconcile
from tests.crashes.conftest import eventually, kill
from tests.factories import BRIEF, a_booking, a_coach, a_hold, a_person, an_admin, an_offering, open_all_week

pytestmark = [pytest.mark.real, pytest.mark.slow]

WINDOW_SECONDS = 4


def fresh(model):
    """The only row of a table as it stands in the database now."""
    session().commit()
    session().expire_all()
    return session().scalars(select(model)).one()


def tomorrow():
    return (clock.now() + timedelta(days=2)).astimezone(UTC).replace(hour=10, minute=0, second=0, microsecond=0)


@pytest.fixture
def ada(house):
    return open_all_week(a_coach("ada"), "00:00", "24:00")


@pytest.fixture
def mia(house):
    return a_person("Mia")


def booked_entries(key_start):
    session().commit()
    return [line for line in entries(limit=100) if line.key.startswith(key_start)]


def test_the_web_server_dies_after_stripe_opened_the_page(house, ada, mia):
    booking = a_hold(mia, an_offering(ada), tomorrow())
    _row, token = token_service.create_token(mia, name="crash", scopes=["read", "write", "money"])
    web, address = house.web()

    def press_pay(where):
        return requests.post(
            f"{where}/api/v1/bookings/{booking.id}/pay", headers={"Authorization": f"Bearer {token}"}, timeout=60
        )

    def press_pay_and_lose_the_answer():
        with suppress(requests.ConnectionError):
            press_pay(address)

    house.stripe.fault("/v1/checkout/sessions", "slow_after", method="POST", seconds=WINDOW_SECONDS)
    pressing = threading.Thread(target=press_pay_and_lose_the_answer)
    pressing.start()
    eventually(lambda: house.stripe.read("checkout/sessions")["data"])
    kill(web)
    pressing.join()
    assert fresh(Payment).checkout_id is None

    _web, address = house.web()
    answer = eventually(lambda: (again := press_pay(address)).status_code == 200 and again)
    (page,) = house.stripe.read("checkout/sessions")["data"]
    assert answer.json()["url"] == page["url"]
    house.stripe.pay(page["id"])
    house.worker()
    payment_outcomes.settle_payment(str(fresh(Payment).id))
    assert queries.locked(booking.id).status == rules.CONFIRMED
    assert len(booked_entries("paid:")) == 1
    assert reconcile().agrees


def test_the_worker_dies_after_stripe_made_the_refund(house, ada, mia):
    booking = a_booking(mia, an_offering(ada), tomorrow(), house.stripe)
    cancellations.cancel(mia, booking_id=booking.id, expected_refund_cents=12000)
    house.stripe.fault("/v1/refunds", "slow_after", method="POST", seconds=WINDOW_SECONDS)
    worker = house.worker()
    eventually(lambda: house.stripe.read("refunds")["data"])
    kill(worker)
    assert fresh(Refund).status == "intended"
    assert booked_entries("refund:") == []

    house.worker()
    eventually(lambda: fresh(Refund).status == "succeeded")
    assert len(house.stripe.read("refunds")["data"]) == 1
    assert len(booked_entries("refund:")) == 1
    assert reconcile().agrees


def test_the_worker_dies_after_stripe_made_the_transfer(house, ada, mia):
    booking = a_booking(mia, an_offering(ada), tomorrow(), house.stripe)
    bank_accounts.connect_bank(ada.user, country="US")
    account = fresh(ConnectedAccount).stripe_id
    house.stripe.onboard(account)
    bank_accounts.refresh_account(account)
    house.advance(days=8)
    completions.complete(ada.user, booking_id=booking.id, outcome=rules.TOOK_PLACE)
    earnings.release_earnings()
    admin = an_admin()
    run = payout_runs.propose_run(admin)
    payout_runs.approve_run(admin, run_id=run.id)
    house.stripe.fault("/v1/transfers", "slow_after", method="POST", seconds=WINDOW_SECONDS)
    worker = house.worker()
    eventually(lambda: house.stripe.read("transfers")["data"])
    kill(worker)
    assert fresh(Payout).status == "sending"

    house.worker()
    eventually(lambda: fresh(Payout).status == "paid")
    (transfer,) = house.stripe.read("transfers")["data"]
    assert transfer["amount"] == 10800
    assert len(booked_entries("payout-arrived:")) == 1
    session().commit()
    assert balance(ledger.coach(ada.id), "usd") == 0
    assert balance(ledger.IN_TRANSIT, "usd") == 0
    assert reconcile().agrees


def test_the_worker_dies_after_stripe_took_a_payout_back(house, ada):
    bank_accounts.connect_bank(ada.user, country="US")
    account = fresh(ConnectedAccount).stripe_id
    house.stripe.onboard(account)
    bank_accounts.refresh_account(account)
    house.stripe.add_available(10800)
    begin_transaction()
    post("top-up", debit=ledger.STRIPE, credit=ledger.coach(ada.id), cents=10800, currency="usd", subject_id=ada.id)
    session().commit()
    admin = an_admin()
    (payout,) = payout_runs.approve_run(admin, run_id=payout_runs.propose_run(admin).id).payouts
    payout_transfers.send_payout(str(payout.id))
    taken = {"payout_id": payout.id, "cents": 4000, "reason": "It was another's.", "expected_left_cents": 10800}
    payout_reversals.reverse_payout(admin, **taken)
    at_stripe = f"transfers/{fresh(Payout).stripe_id}/reversals"
    house.stripe.fault(f"/v1/{at_stripe}", "slow_after", method="POST", seconds=WINDOW_SECONDS)
    worker = house.worker()
    eventually(lambda: house.stripe.read(at_stripe)["data"])
    kill(worker)

    house.worker()
    eventually(lambda: fresh(PayoutReversal).status == "made")
    assert [made["amount"] for made in house.stripe.read(at_stripe)["data"]] == [4000]
    assert len(booked_entries("payout-reversed:")) == 1
    session().commit()
    assert balance(ledger.coach(ada.id), "usd") == 4000


def test_a_worker_that_dies_with_a_job_half_done_leaves_it_to_the_next(house, ada, mia):
    booking = a_booking(mia, an_offering(ada), tomorrow(), house.stripe)
    cancellations.cancel(mia, booking_id=booking.id, expected_refund_cents=12000)
    house.stripe.fault("/v1/refunds", "slow_before", method="POST", seconds=WINDOW_SECONDS)
    worker = house.worker()
    eventually(lambda: not house.stripe.control("GET", "faults")["data"])
    kill(worker)
    house.worker()
    eventually(lambda: fresh(Refund).status == "succeeded")
    assert [refund["amount"] for refund in house.stripe.read("refunds")["data"]] == [12000]
    assert datetime.now(UTC) < clock.now() + timedelta(seconds=5)


def sleeping_backends():
    session().commit()
    told = text("select count(*) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'")
    return session().scalar(told)


def test_the_web_server_dies_with_the_answer_in_its_hands_and_the_same_request_happens_once(house, ada, mia):
    offering = an_offering(ada)
    _row, token = token_service.create_token(mia, name="crash", scopes=["read", "write"])
    asked = {"offering_id": str(offering.id), "starts_at": tomorrow().isoformat(), "brief": BRIEF}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "one"}
    web, address = house.web()

    def hold():
        return requests.post(f"{address}/api/v1/bookings", json=asked, headers=headers, timeout=60)

    def hold_and_lose_the_answer():
        with suppress(requests.ConnectionError):
            hold()

    # It takes a while to keep the answer; the time is claimed by then.
    session().execute(
        text("create function slow() returns trigger language plpgsql as 'begin perform pg_sleep(3); return new; end'")
    )
    session().execute(
        text("create trigger slow before update on idempotent_requests for each row execute function slow()")
    )
    session().commit()
    holding = threading.Thread(target=hold_and_lose_the_answer)
    holding.start()
    eventually(sleeping_backends)
    kill(web)
    holding.join()
    eventually(lambda: not sleeping_backends())
    session().execute(text("drop trigger slow on idempotent_requests"))
    session().commit()

    house.advance(minutes=2)
    _web, address = house.web()
    answer = hold()
    assert answer.status_code == 201, answer.text
    assert str(fresh(Booking).id) == answer.json()["id"]
    again = hold()
    assert (again.headers["Idempotent-Replayed"], again.json()) == ("true", answer.json())
