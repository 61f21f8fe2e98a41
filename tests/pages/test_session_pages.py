"""One session on its page: paying, cancelling, answering, completing, its money and its timeline."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from marketplace.bookings import queries, rules
from marketplace.bookings.approvals import service as approvals
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.completions import service as completions
from marketplace.bookings.earnings import service as earnings
from marketplace.bookings.holds import expiry as hold_expiry
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.payments import queries as payments
from tests.factories import (
    BRIEF,
    a_booking,
    a_coach,
    a_hold,
    a_payment,
    a_person,
    an_admin,
    an_offering,
    open_all_week,
)
from tests.pages.reading import read

TEN = datetime(2027, 3, 3, 10, tzinfo=UTC)
DECLINED = "4000000000000002"


@pytest.fixture
def hers(browser_of, mia):
    return browser_of(mia)


@pytest.fixture
def desk(browser_of, ada):
    """Ada's browser."""
    return browser_of(ada.user)


def status_of(booking):
    return queries.locked(booking.id).status


def shown(browser, booking, query=""):
    return read(browser.get(f"/sessions/{booking.id}{query}"))


def press(browser, booking, action, seen="", **typed):
    """Post a form of the session's page; answers the answer."""
    return browser.submit(f"/sessions/{booking.id}/{action}", typed, seen=f"/sessions/{booking.id}{seen}")


def followed(browser, answer):
    assert answer.status_code == 303
    return read(browser.get(answer.location))


# Paying


def test_a_held_time_says_what_it_costs_and_until_when(hers, mia, offering):
    page = shown(hers, a_hold(mia, offering, TEN))
    assert "Waiting for payment, 15:00 left" in page.text
    assert "Unpaid, the time is free again at Mon 1 Mar, 10:15 (Berlin)." in page.text
    assert {"Pay 120.00 USD", "Release this time"} <= set(page.buttons)
    assert BRIEF in page.text


def test_who_holds_an_hour_beside_another_is_told_of_it_before_paying(hers, mia, offering, stripe):
    beth = open_all_week(a_coach("beth"))
    a_booking(mia, an_offering(beth, title="Interview practice"), TEN + timedelta(minutes=30), stripe)
    page = shown(hers, a_hold(mia, offering, TEN))
    said = "You have something else at the same time: Interview practice with Beth, Wed 3 Mar, 11:30-12:30 (Berlin)."
    assert said in page.text
    assert "Pay 120.00 USD" in page.buttons


def test_paying_leads_to_the_hosted_page_and_back_to_the_truth(hers, mia, offering, stripe):
    booking = a_hold(mia, offering, TEN)
    answer = press(hers, booking, "pay")
    payment = payments.of_subject(booking.id)
    assert (answer.status_code, answer.location) == (303, payment.checkout_url)
    stripe.pay(payment.checkout_id)
    page = shown(hers, booking, "?paid=1")
    assert "Paid. Ada knows, and the invitation is on its way to both of you." in page.text
    assert "Confirmed" in page.text
    assert status_of(booking) == rules.CONFIRMED


def test_the_return_address_proves_nothing(hers, mia, offering, stripe):
    booking = a_hold(mia, offering, TEN)
    press(hers, booking, "pay")
    page = shown(hers, booking, "?paid=1")
    assert "Your payment is being checked." in page.text
    assert status_of(booking) == rules.HELD


def test_it_proves_nothing_before_there_is_anything_to_pay_either(hers, mia, offering):
    assert "Your payment is being checked." in shown(hers, a_hold(mia, offering, TEN), "?paid=1").text


def test_leaving_the_hosted_page_keeps_the_time(hers, mia, offering, stripe):
    booking = a_hold(mia, offering, TEN)
    press(hers, booking, "pay")
    page = shown(hers, booking, "?paid=0")
    assert "Nothing was paid. The time stays yours until Mon 1 Mar, 10:15 (Berlin)." in page.text


def test_a_declined_card_says_why_and_keeps_the_time(browser_of, hers, mia, offering, stripe):
    booking = a_hold(mia, offering, TEN)
    press(hers, booking, "pay")
    stripe.pay(payments.of_subject(booking.id).checkout_id, DECLINED)
    page = shown(hers, booking, "?paid=0")
    assert "The bank declined the payment. Nothing was taken, and the time stays yours until" in page.text
    assert "Your card was declined." not in page.text
    assert (
        "the last attempt failed: Your card was declined. (generic_decline)"
        in shown(browser_of(an_admin()), booking).text
    )
    assert "Pay 120.00 USD" in page.buttons
    assert status_of(booking) == rules.HELD


def test_while_stripe_is_silent_the_page_says_so(hers, mia, offering, stripe):
    booking = a_hold(mia, offering, TEN)
    press(hers, booking, "pay")
    stripe.fault("/v1/checkout/*", "fail_before", times=5)
    page = shown(hers, booking, "?paid=1")
    assert "our payment provider does not answer right now" in page.text


def test_where_stripe_is_silent_nobody_is_sent_anywhere(hers, mia, offering, stripe):
    booking = a_hold(mia, offering, TEN)
    stripe.fault("/v1/checkout/*", "fail_before", times=5)
    page = followed(hers, press(hers, booking, "pay"))
    assert "Our payment provider does not answer right now. Nothing was lost." in page.text


def test_money_that_comes_too_late_is_refunded_and_the_page_says_so(hers, mia, offering, stripe, moment, run_jobs):
    booking = a_hold(mia, offering, TEN)
    press(hers, booking, "pay")
    moment.advance(minutes=16)
    a_hold(a_person("Noor"), offering, TEN)
    stripe.pay(payments.of_subject(booking.id).checkout_id)
    page = shown(hers, booking, "?paid=1")
    assert "Paid too late, 120.00 USD refunded" in page.text
    assert "Paid after the time had gone: 120.00 USD is refunded" in page.text
    run_jobs()
    assert "120.00 USD was refunded" in shown(hers, booking).text


def test_a_late_return_to_a_time_that_is_still_free_confirms(hers, mia, offering, stripe, moment):
    booking = a_hold(mia, offering, TEN)
    press(hers, booking, "pay")
    moment.advance(minutes=20)
    hold_expiry.expire_holds()
    assert "Not paid in time" in shown(hers, booking).text
    stripe.pay(payments.of_subject(booking.id).checkout_id)
    assert "Paid. Ada knows" in shown(hers, booking, "?paid=1").text


def test_a_lapsed_hold_cannot_be_paid_and_can_be_chosen_again(hers, mia, offering, moment):
    booking = a_hold(mia, offering, TEN)
    token = shown(hers, booking).hidden["csrf_token"]
    moment.advance(minutes=16)
    page = followed(hers, hers.post(f"/sessions/{booking.id}/pay", data={"csrf_token": token}))
    assert "The time you held was not paid for in time" in page.text
    assert "Pay 120.00 USD" not in page.buttons
    hold_expiry.expire_holds()
    assert "/@ada" in shown(hers, booking).links
    assert "Book Ada again" in shown(hers, booking).text


def test_a_time_is_released_at_once(hers, mia, offering):
    booking = a_hold(mia, offering, TEN)
    page = followed(hers, press(hers, booking, "cancel", expected_refund_cents=0))
    assert "The time is free again. Nothing was taken." in page.text
    assert "You released this time" in page.text
    assert status_of(booking) == rules.CANCELLED


# Cancelling


def test_the_exact_refund_is_shown_before_it_is_made(hers, mia, offering, stripe, moment, run_jobs):
    booking = a_booking(mia, offering, TEN, stripe)
    moment.advance(hours=40)
    page = read(hers.get(f"/sessions/{booking.id}/cancel"))
    assert "60.00 USD of 120.00 USD is refunded to you. It is less than 24 hours away: half is refunded." in page.text
    assert "Cancel and get 60.00 USD back" in page.buttons
    typed = {"expected_refund_cents": page.hidden["expected_refund_cents"], "reason": "I am ill"}
    page = followed(hers, press(hers, booking, "cancel", seen="/cancel", **typed))
    assert "The session is cancelled, and 60.00 USD is refunded." in page.text
    assert "Cancelled by you, 60.00 USD refunded" in page.text
    assert "Refund to the card 60.00 USD on its way" in page.text
    assert "You cancelled: I am ill" in page.text
    run_jobs()
    assert "60.00 USD sent Wed 3 Mar, 02:00 (Berlin)" in shown(hers, booking).text


def test_a_refund_that_changed_meanwhile_is_shown_first(hers, mia, offering, stripe, moment):
    booking = a_booking(mia, offering, TEN, stripe)
    page = read(hers.get(f"/sessions/{booking.id}/cancel"))
    assert "Cancel and get 120.00 USD back" in page.buttons
    moment.advance(hours=40)
    typed = {"csrf_token": page.hidden["csrf_token"], "expected_refund_cents": 12000, "reason": "I am ill"}
    answer = hers.post(f"/sessions/{booking.id}/cancel", data=typed)
    assert answer.status_code == 409
    again = read(answer)
    assert "The refund has changed since it was shown to you." in again.text
    assert "Cancel and get 60.00 USD back" in again.buttons
    assert ">\nI am ill</textarea>" in answer.text
    assert status_of(booking) == rules.CONFIRMED


def test_where_nothing_is_refunded_the_button_says_so(hers, mia, offering, stripe, moment):
    booking = a_booking(mia, offering, TEN, stripe)
    moment.advance(hours=47)
    assert "Cancel without a refund" in read(hers.get(f"/sessions/{booking.id}/cancel")).buttons
    page = followed(hers, press(hers, booking, "cancel", seen="/cancel", expected_refund_cents=0))
    assert "Cancelled by you, nothing refunded" in page.text


def test_a_coach_who_cancels_refunds_everything(desk, mia, offering, stripe, moment):
    booking = a_booking(mia, offering, TEN, stripe)
    moment.advance(hours=48)
    page = read(desk.get(f"/sessions/{booking.id}/cancel"))
    assert "120.00 USD of 120.00 USD is refunded to Mia. The coach cancels, so everything is refunded." in page.text
    assert "Cancel and refund 120.00 USD" in page.buttons


def test_a_session_that_has_begun_is_not_cancelled_by_its_mentee(hers, mia, offering, stripe, moment):
    booking = a_booking(mia, offering, TEN, stripe)
    moment.set(TEN)
    assert f"/sessions/{booking.id}/cancel" not in shown(hers, booking).links
    page = followed(hers, hers.get(f"/sessions/{booking.id}/cancel"))
    assert "The session has begun, so it cannot be cancelled any more." in page.text
    page = followed(hers, press(hers, booking, "cancel", expected_refund_cents=12000))
    assert "The session has begun" in page.text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"expected_refund_cents": 12000, "reason": "x" * 501}, "Say it in 500 characters or fewer."),
        ({"expected_refund_cents": "all", "reason": ""}, "Give the refund that was shown."),
    ],
)
def test_a_cancellation_that_cannot_be_read_is_shown_again(hers, mia, offering, stripe, typed, words):
    booking = a_booking(mia, offering, TEN, stripe)
    answer = press(hers, booking, "cancel", seen="/cancel", **typed)
    assert answer.status_code == 422
    assert words in read(answer).text


# Requests


def test_a_request_is_reserved_asked_and_accepted(hers, desk, mia, by_request, stripe, run_jobs):
    booking = a_hold(mia, by_request, TEN)
    assert "Reserve 120.00 USD" in shown(hers, booking).buttons
    press(hers, booking, "pay")
    stripe.pay(payments.of_subject(booking.id).checkout_id)
    page = shown(hers, booking, "?paid=1")
    assert "Sent. Ada has your request." in page.text
    assert "reserved on the card, not taken" in page.text
    assert "Accept and take 120.00 USD" in shown(desk, booking).buttons
    page = followed(desk, press(desk, booking, "approve"))
    assert "Accepted, the payment is being taken" in page.text
    run_jobs()
    page = shown(desk, booking)
    assert "120.00 USD paid, the session is confirmed" in page.text
    assert "You accepted" in page.text


def test_a_request_is_declined_with_a_reason_that_the_mentee_reads(hers, desk, mia, by_request, stripe):
    booking = a_booking(mia, by_request, TEN, stripe)
    page = followed(desk, press(desk, booking, "decline", reason="Not my field"))
    assert "Declined by you" in page.text
    assert "Ada declined: Not my field" in shown(hers, booking).text
    page = followed(desk, press(desk, booking, "approve"))
    assert "This request has been answered already, or has lapsed." in page.text


def test_a_reason_that_is_too_long_is_shown_again(desk, mia, by_request, stripe):
    booking = a_booking(mia, by_request, TEN, stripe)
    answer = press(desk, booking, "decline", reason="x" * 501)
    assert answer.status_code == 422
    page = read(answer)
    assert "#reason" in page.links
    assert "x" * 501 in page.text
    assert status_of(booking) == rules.REQUESTED


def test_a_request_is_withdrawn_for_nothing(hers, mia, by_request, stripe):
    booking = a_booking(mia, by_request, TEN, stripe)
    page = read(hers.get(f"/sessions/{booking.id}/cancel"))
    assert "Nothing was taken from your card yet." in page.text
    assert "Withdraw, pay nothing" in page.buttons
    page = followed(hers, press(hers, booking, "cancel", seen="/cancel", expected_refund_cents=0))
    assert "Request withdrawn by you" in page.text
    assert "You withdrew the request" in page.text


def test_a_request_without_an_answer_is_told_to_both(hers, desk, mia, by_request, stripe, moment):
    booking = a_booking(mia, by_request, TEN, stripe)
    moment.advance(hours=48)
    approvals.lapse_requests()
    assert "Ada did not answer in time" in shown(hers, booking).text
    assert "You did not answer in time" in shown(desk, booking).text


# After the session


@pytest.mark.parametrize(
    ("outcome", "button", "to_ada", "to_mia"),
    [
        ("took_place", "It took place", "You marked that it took place", "Ada marked that it took place"),
        (
            "mentee_no_show",
            "Mark that Mia did not come",
            "You marked that Mia did not come",
            "Ada marked that you did not come",
        ),
    ],
)
def test_the_coach_says_how_it_went(hers, desk, mia, offering, stripe, moment, outcome, button, to_ada, to_mia):
    booking = a_booking(mia, offering, TEN, stripe)
    assert button not in shown(desk, booking).buttons
    moment.set(booking.ends_at)
    assert button in shown(desk, booking).buttons
    page = followed(desk, press(desk, booking, "complete", outcome=outcome))
    assert to_ada in page.text
    assert to_mia in shown(hers, booking).text


def test_an_outcome_that_is_none_is_refused(desk, mia, offering, stripe, moment):
    booking = a_booking(mia, offering, TEN, stripe)
    moment.set(booking.ends_at)
    assert press(desk, booking, "complete", outcome="fine").status_code == 422


def test_without_a_word_it_took_place(desk, mia, offering, stripe, moment):
    booking = a_booking(mia, offering, TEN, stripe)
    moment.set(booking.ends_at + timedelta(hours=24))
    completions.complete_sessions()
    assert "A day later nobody had said otherwise: it took place" in shown(desk, booking).text


def test_only_the_coach_and_admins_read_what_the_coach_gets(hers, desk, browser_of, mia, offering, stripe, moment):
    booking = a_booking(mia, offering, TEN, stripe)
    assert "Our fee 12.00 USD 10 % You get 108.00 USD payable Fri 5 Mar, 12:00 (Berlin)" in shown(desk, booking).text
    assert "Ada gets 108.00 USD" in shown(browser_of(an_admin()), booking).text
    assert "108.00" not in shown(hers, booking).text
    moment.set(booking.ends_at)
    completions.complete(booking.coach.user, booking_id=booking.id, outcome="took_place")
    moment.advance(days=10)
    payment_outcomes.settle_payment(str(booking.payment_id))
    earnings.release_earnings()
    assert "108.00 USD payable since Sat 13 Mar" in shown(desk, booking).text
    assert "Earning released to you: 108.00 USD" in shown(desk, booking).text
    assert "108.00" not in shown(hers, booking).text


def test_a_disputed_payment_is_said_to_be_kept_back(desk, mia, offering, stripe, moment):
    booking = a_booking(mia, offering, TEN, stripe)
    booking.payment.disputed_at = moment.now
    assert "kept back while the payment is disputed" in shown(desk, booking).text


def test_a_refund_that_failed_is_not_hidden(hers, mia, offering, stripe, run_jobs):
    booking = a_booking(mia, offering, TEN, stripe)
    cancellations.cancel(mia, booking_id=booking.id, expected_refund_cents=12000)
    run_jobs()
    (refund,) = payments.refunds_of(booking.payment_id)
    refund.status = "failed"
    page = shown(hers, booking)
    assert "did not go through; we have been told and see to it" in page.text
    assert "120.00 USD could not be refunded" in page.text


# The calendar


def test_a_confirmed_session_is_a_file_for_the_calendar(hers, mia, offering, stripe):
    booking = a_booking(mia, offering, TEN, stripe)
    assert f"/sessions/{booking.id}.ics" in shown(hers, booking).links
    answer = hers.get(f"/sessions/{booking.id}.ics")
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="session-2027-03-03.ics"'
    lines = answer.text.replace("\r\n ", "").splitlines()
    assert {"METHOD:PUBLISH", f"UID:{booking.id}@fairhour", "DTSTART:20270303T100000Z"} <= set(lines)
    assert not any(line.startswith("ATTENDEE") for line in lines)


def test_a_time_that_is_only_held_is_no_event(hers, mia, offering):
    assert hers.get(f"/sessions/{a_hold(mia, offering, TEN).id}.ics").status_code == 404


# Doors and strangers

ADDRESSES = [
    ("GET", ""),
    ("GET", ".ics"),
    ("GET", "/cancel"),
    ("POST", "/pay"),
    ("POST", "/cancel"),
    ("POST", "/approve"),
    ("POST", "/decline"),
    ("POST", "/complete"),
]
FORM = {"expected_refund_cents": "12000", "outcome": "took_place"}


def knock(browser, method, path, seen="/account"):
    return browser.get(path) if method == "GET" else browser.submit(path, FORM, seen=seen)


@pytest.mark.parametrize(("method", "address"), ADDRESSES)
def test_a_session_does_not_exist_for_strangers(browser_of, client, mia, offering, stripe, method, address):
    booking = a_booking(mia, offering, TEN, stripe)
    path = f"/sessions/{booking.id}{address}"
    for stranger in (a_person("Noor"), a_coach("bea").user):
        assert knock(browser_of(stranger), method, path).status_code == 404
    answer = knock(client, method, path, seen="/login")
    assert (answer.status_code, urlsplit(answer.location).path) == (302, "/login")
    assert status_of(booking) == rules.CONFIRMED


@pytest.mark.parametrize(
    ("who", "action", "status"),
    [
        ("coach", "pay", 403),
        ("admin", "pay", 403),
        ("admin", "cancel", 403),
        ("mentee", "approve", 403),
        ("mentee", "decline", 403),
        ("mentee", "complete", 403),
        ("admin", "approve", 403),
        ("admin", "decline", 403),
        ("admin", "complete", 403),
    ],
)
def test_each_does_only_what_is_theirs_to_do(browser_of, mia, ada, by_request, stripe, who, action, status):
    booking = a_booking(mia, by_request, TEN, stripe)
    person = {"coach": lambda: ada.user, "mentee": lambda: mia, "admin": an_admin}[who]()
    assert knock(browser_of(person), "POST", f"/sessions/{booking.id}/{action}").status_code == status
    assert status_of(booking) == rules.REQUESTED


@pytest.mark.parametrize("who", ["mentee", "coach", "admin"])
def test_the_two_and_an_admin_see_it_and_no_cache_keeps_it(browser_of, mia, ada, offering, who):
    booking = a_hold(mia, offering, TEN)
    person = {"coach": lambda: ada.user, "mentee": lambda: mia, "admin": an_admin}[who]()
    answer = browser_of(person).get(f"/sessions/{booking.id}")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert ("Pay 120.00 USD" in read(answer).buttons) == (who == "mentee")


@pytest.mark.parametrize("action", ["pay", "cancel", "approve", "decline", "complete"])
def test_a_form_without_its_token_does_nothing(hers, mia, offering, action):
    booking = a_hold(mia, offering, TEN)
    assert hers.post(f"/sessions/{booking.id}/{action}", data=FORM).status_code == 400


def test_only_the_payer_makes_us_ask_stripe(desk, mia, offering, stripe):
    booking = a_payment(mia, a_hold(mia, offering, TEN), stripe, card=DECLINED)
    stripe.pay(booking.payment.checkout_id)
    assert "Held by Mia, not paid yet" in shown(desk, booking, "?paid=1").text
