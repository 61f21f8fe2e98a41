"""A paid payout is reversed on its page; the coach reads why."""

from datetime import timedelta

import pytest

from marketplace import clock
from marketplace.bookings.completions import service as completions
from marketplace.bookings.earnings import service as earnings
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.db import session
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.queries import reversals as reversal_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.rules import reasons
from marketplace.payouts.rules import states as payout_states
from marketplace.payouts.rules.reasons import Reason
from marketplace.payouts.service import bank_accounts
from marketplace.payouts.service import reversals as payout_reversals
from marketplace.payouts.service import runs as payout_runs
from tests.factories import a_booking, a_person, an_offering

REASON = "The mentee's card was stolen."


def words(answer):
    return answer.get_data(as_text=True)


@pytest.fixture
def paid(ada, alma, stripe, moment, run_jobs):
    """108.00 USD that have arrived at Stripe."""
    booking = a_booking(a_person("Mia"), an_offering(ada), clock.now() + timedelta(days=1), stripe)
    moment.advance(days=9)
    payment_outcomes.settle_payment(str(booking.payment_id))
    completions.complete_sessions()
    earnings.release_earnings()
    bank_accounts.connect_bank(ada.user, country="DE")
    account = bank_account_queries.account_of(ada.id)
    stripe.onboard(account.stripe_id)
    bank_accounts.refresh_account(account.stripe_id)
    (payout,) = payout_runs.approve_run(alma, run_id=payout_runs.propose_run(alma).id).payouts
    run_jobs()
    return run_queries.find(str(payout.id))


@pytest.fixture
def browser(alma, paid, browser_of):
    """Signed in once the payout has arrived: what is reversed needs a fresh password."""
    return browser_of(alma)


@pytest.fixture
def path(paid):
    return f"/admin/payouts/sent/{paid.id}/reverse"


def asked(amount="40.00", left=10800, reason=REASON):
    return {"amount": amount, "left": left, "reason": reason}


def test_a_part_is_reversed_and_both_see_it(browser, browser_of, ada, paid, path, run_jobs):
    assert path in words(browser.get(f"/admin/payouts/{paid.run_id}"))
    assert path in words(browser.get(f"/payouts/{paid.id}"))
    page = words(browser.get(path))
    assert 'value="108.00"' in page
    sent = browser.submit(path, asked(), seen=path)
    assert (sent.status_code, sent.location) == (303, path)
    page = words(browser.get(path))
    assert "40.00 USD is being reversed." in page
    assert "Being reversed" in page
    assert 'value="68.00"' in page
    run_jobs()
    assert "of it was reversed." in words(browser.get(f"/admin/payouts/{paid.run_id}"))
    hers = browser_of(ada.user)
    for place in ("/dashboard/earnings", f"/payouts/{paid.id}"):
        page = words(hers.get(place))
        assert "The mentee&#39;s card was stolen." in page
        assert "40.00 USD" in page
        assert path not in page
    browser.submit(path, asked("68.00", 6800), seen=path)
    run_jobs()
    assert "All of it has been reversed" in words(browser.get(path))


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        (asked(amount=""), 422, "Write an amount like 60.00."),
        (asked(amount="much"), 422, "Write an amount like 60.00."),
        (asked(amount="108.01"), 422, "Reverse from 0.01 USD to 108.00 USD."),
        (asked(reason=" "), 422, "Say why: the coach reads it."),
        (asked(left=6800), 409, "Some of this payout was reversed in the meantime."),
    ],
)
def test_what_is_refused_is_told_and_nothing_typed_is_lost(given, status, said, browser, paid, path):
    answer = browser.submit(path, given, seen=path)
    assert answer.status_code == status
    page = words(answer)
    assert said in page
    assert f'value="{given["amount"]}"' in page
    assert ("card was stolen" in page) is (given["reason"] == REASON)
    assert reversal_queries.reversals_of(paid.id) == []


def test_a_password_is_asked_for_again_before_anything_is_typed(browser, moment, paid, path):
    moment.advance(minutes=31)
    assert "Your password, once more" in words(browser.get(path))
    assert "Your password, once more" in words(browser.submit(path, asked(), seen="/account"))
    assert reversal_queries.reversals_of(paid.id) == []


def test_what_stripe_refused_is_tried_again(browser, alma, paid, path, run_jobs):
    reversal = payout_reversals.reverse_payout(
        alma, payout_id=paid.id, cents=4000, reason=REASON, expected_left_cents=10800
    )
    reversal = reversal_queries.find_reversal(reversal.id)
    attempt = payout_reversals._ReversalAttempt(reversal.id, paid.id, 1, paid.stripe_id, 4000, resumed=False)
    payout_reversals._record_refused(attempt, "balance_insufficient", Reason(reasons.BALANCE_SPENT))
    page = words(browser.get(path))
    assert "what was sent has gone on to the bank" in page
    assert browser.submit(f"{path}/{reversal.id}/retry", seen=path).status_code == 303
    run_jobs()
    assert reversal_queries.find_reversal(reversal.id).status == payout_states.MADE
    refused = browser.submit(f"{path}/{reversal.id}/retry", seen=path)
    assert (refused.status_code, "there is nothing to try again" in words(refused)) == (409, True)


def test_a_payout_that_was_never_sent_is_not_reversed(browser, paid):
    paid.status, paid.sent_at = payout_states.FAILED, None
    session().commit()
    path = f"/admin/payouts/sent/{paid.id}/reverse"
    assert "It has not been paid out." in words(browser.get(path))
    assert browser.submit(path, asked(), seen=path).status_code == 409
