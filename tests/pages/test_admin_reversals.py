"""A paid payout is taken back on its page; the coach reads why."""

from datetime import timedelta

import pytest

from marketplace import clock
from marketplace.bookings import service as bookings
from marketplace.db import session
from marketplace.payouts import queries, rules
from marketplace.payouts import service as payouts
from marketplace.payouts.service import reversing
from tests.factories import a_booking, a_coach, a_person, an_admin, an_offering, open_all_week

REASON = "The mentee's card was stolen."


def words(answer):
    return answer.get_data(as_text=True)


@pytest.fixture
def ada():
    return open_all_week(a_coach("ada"))


@pytest.fixture
def alma():
    return an_admin("Alma")


@pytest.fixture
def browser(alma, browser_of):
    return browser_of(alma)


@pytest.fixture
def paid(ada, alma, stripe, moment, run_jobs):
    """108.00 USD that have arrived at Stripe."""
    booking = a_booking(a_person("Mia"), an_offering(ada), clock.now() + timedelta(days=1), stripe)
    moment.advance(days=9)
    bookings.settle_payment(str(booking.payment_id))
    bookings.complete_sessions()
    bookings.release_earnings()
    payouts.connect_bank(ada.user, country="DE")
    account = queries.account_of(ada.id)
    stripe.onboard(account.stripe_id)
    payouts.refresh_account(account.stripe_id)
    (payout,) = payouts.approve_run(alma, run_id=payouts.propose_run(alma).id).payouts
    run_jobs()
    return queries.find(str(payout.id))


@pytest.fixture
def path(paid):
    return f"/admin/payouts/sent/{paid.id}/take-back"


def asked(amount="40.00", left=10800, reason=REASON):
    return {"amount": amount, "left": left, "reason": reason}


def test_a_part_is_taken_back_and_both_see_it(browser, browser_of, ada, paid, path, run_jobs):
    assert path in words(browser.get(f"/admin/payouts/{paid.run_id}"))
    assert path in words(browser.get(f"/payouts/{paid.id}"))
    page = words(browser.get(path))
    assert 'value="108.00"' in page
    sent = browser.submit(path, asked(), seen=path)
    assert (sent.status_code, sent.location) == (303, path)
    page = words(browser.get(path))
    assert "40.00 USD is being taken back." in page
    assert "Being taken back" in page
    assert 'value="68.00"' in page
    run_jobs()
    assert "of it was taken back." in words(browser.get(f"/admin/payouts/{paid.run_id}"))
    hers = browser_of(ada.user)
    for place in ("/desk/earnings", f"/payouts/{paid.id}"):
        page = words(hers.get(place))
        assert "The mentee&#39;s card was stolen." in page
        assert "40.00 USD" in page
        assert path not in page
    browser.submit(path, asked("68.00", 6800), seen=path)
    run_jobs()
    assert "All of it has been taken back" in words(browser.get(path))


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        (asked(amount=""), 422, "Write an amount like 60.00."),
        (asked(amount="much"), 422, "Write an amount like 60.00."),
        (asked(amount="108.01"), 422, "Take back from 0.01 USD to 108.00 USD."),
        (asked(reason=" "), 422, "Say why: she reads it."),
        (asked(left=6800), 409, "Some of this payout was taken back in the meantime."),
    ],
)
def test_what_is_refused_is_told_and_nothing_typed_is_lost(given, status, said, browser, paid, path):
    answer = browser.submit(path, given, seen=path)
    assert answer.status_code == status
    page = words(answer)
    assert said in page
    assert f'value="{given["amount"]}"' in page
    assert ("card was stolen" in page) is (given["reason"] == REASON)
    assert queries.reversals_of(paid.id) == []


def test_a_password_is_asked_for_again_before_anything_is_typed(browser, paid, path):
    browser.get("/account")
    with browser.session_transaction() as kept:
        kept["fs_paa"] -= 31 * 60
        kept.pop("fs_gexp", None)
    assert browser.get(path).location.startswith("/verify")
    assert browser.submit(path, asked(), seen="/account").location.startswith("/verify")
    assert queries.reversals_of(paid.id) == []


def test_what_stripe_refused_is_tried_again(browser, alma, paid, path, run_jobs):
    reversal = payouts.reverse_payout(alma, payout_id=paid.id, cents=4000, reason=REASON, expected_left_cents=10800)
    reversal = queries.find_reversal(reversal.id)
    attempt = reversing._Attempt(reversal.id, paid.id, 1, paid.stripe_id, 4000, resumed=False)
    reversing._record_refused(attempt, "balance_insufficient", rules.SPENT)
    page = words(browser.get(path))
    assert "what was sent has gone on to her bank" in page
    assert browser.submit(f"{path}/{reversal.id}/retry", seen=path).status_code == 303
    run_jobs()
    assert queries.find_reversal(reversal.id).status == rules.MADE
    refused = browser.submit(f"{path}/{reversal.id}/retry", seen=path)
    assert (refused.status_code, "there is nothing to try again" in words(refused)) == (409, True)


def test_a_payout_that_was_never_sent_is_not_taken_back(browser, paid):
    paid.status, paid.sent_at = rules.FAILED, None
    session().commit()
    path = f"/admin/payouts/sent/{paid.id}/take-back"
    assert "It has not been paid out." in words(browser.get(path))
    assert browser.submit(path, asked(), seen=path).status_code == 409
