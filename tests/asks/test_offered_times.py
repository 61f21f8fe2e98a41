"""Times that go with a quote: one is held at once, of several the one that is picked, as long as the quote stands."""

from datetime import timedelta

import pytest

from marketplace import clock
from marketplace.asks import queries as asks
from marketplace.asks.quotes import queries
from marketplace.asks.quotes import service as quotes
from marketplace.asks.quotes.offered_times import queries as offered
from marketplace.asks.quotes.offered_times import rules
from marketplace.asks.quotes.offered_times import service as offered_times
from marketplace.asks.quotes.replacements.service import ending_quote
from marketplace.asks.service import answers, sending
from marketplace.bookings import queries as bookings
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.holds import expiry
from marketplace.bookings.holds import service as holds
from marketplace.coaches.service import offerings
from marketplace.errors import Invalid
from marketplace.payments import queries as payments
from marketplace.unpaid_time.grants import service as grants
from tests.asks.test_pages import words
from tests.asks.test_quotes import again, status_of
from tests.factories import a_payment, a_person
from tests.invariants.conftest import broken
from tests.scenes import TEN

TWO = TEN + timedelta(hours=2)


def quoted(ask, ada, *times, **changes):
    offer = {"minutes": 45, "price_cents": None, "note": "", "times": times} | changes
    return ending_quote(ada.user, ask.id, lambda: quotes.quote(ada.user, ask_id=ask.id, **offer))


def held_booking(quote):
    return bookings.locked(again(quote).booking_id)


@pytest.fixture
def with_one(ask, ada):
    """Ada offers three quarters of an hour on Wednesday at ten."""
    return quoted(ask, ada, TEN)


@pytest.fixture
def with_two(ask, ada):
    """Ada offers ten or noon."""
    return quoted(ask, ada, TWO, TEN, TEN)


def test_a_time_is_held_as_long_as_its_quote_and_no_longer_than_until_it_begins():
    assert rules.held_until(TEN, TWO) == TEN
    assert rules.held_until(TWO, TEN) == TEN
    assert rules.in_order([TWO, TEN, TWO]) == [TEN, TWO]


def test_a_quote_with_one_time_holds_it_until_it_is_over_and_is_paid_for(with_one, ask, ada, mia, stripe):
    booking = held_booking(with_one)
    assert (booking.status, booking.starts_at, booking.price_cents) == ("held", TEN, 9000)
    assert booking.hold_expires_at == min(with_one.valid_until, TEN) == queries.one(mia, with_one.id).held_until
    with pytest.raises(holds.SlotTaken):
        holds.hold(a_person("Noor"), offering_id=booking.offering_id, starts_at=TEN, brief="")
    a_payment(mia, booking, stripe)
    quotes.settle_quotes()
    assert (again(with_one).status, status_of(mia, ask)) == ("paid", "booked")
    assert queries.one(mia, with_one.id).held_until is None
    assert {"quotes_are_paid_once", "quotes_follow_their_session"} & broken() == set()


def test_what_nobody_pays_is_free_again_when_the_quote_is_over(with_one, ask, mia, moment):
    moment.advance(hours=72)
    expiry.expire_holds()
    quotes.settle_quotes()
    assert (held_booking(with_one).status, again(with_one).status) == ("expired", "expired")
    assert status_of(mia, ask) == "lapsed"


def test_of_several_times_the_one_that_is_picked_is_held_as_long(with_two, ada, mia):
    assert with_two.offered_times == [TEN, TWO]
    assert [each.free for each in offered.offered_times(with_two)] == [True, True]
    with pytest.raises(Invalid):
        quotes.hold(mia, quote_id=with_two.id, starts_at=TEN + timedelta(hours=1))
    booking = quotes.hold(mia, quote_id=with_two.id, starts_at=TWO)
    assert booking.hold_expires_at == min(with_two.valid_until, TWO)
    assert booking.offered


def test_a_time_that_was_taken_meanwhile_says_so_and_when_all_are_any_free_time_will_do(with_two, mia, offering):
    holds.hold(a_person("Noor"), offering_id=offering.id, starts_at=TEN, brief="")
    assert [each.free for each in offered.offered_times(with_two)] == [False, True]
    with pytest.raises(offered_times.TimeTaken):
        quotes.hold(mia, quote_id=with_two.id, starts_at=TEN)
    holds.hold(a_person("Nils"), offering_id=offering.id, starts_at=TWO, brief="")
    late = TEN + timedelta(hours=4)
    booking = quotes.hold(mia, quote_id=with_two.id, starts_at=late)
    assert (booking.starts_at, booking.offered) == (late, False)


def test_a_coach_offers_five_free_times_of_their_own_at_most(ask, ada, mia, offering):
    for times in ([TEN.replace(hour=3)], [TEN + timedelta(hours=number) for number in range(6)]):
        with pytest.raises(Invalid) as refused:
            quoted(ask, ada, *times)
        assert set(refused.value.fields) == {"times"}
    assert status_of(mia, ask) == "open"
    # Notice protects the coach, who offers by themselves.
    offering.notice_hours = 48
    assert quoted(ask, ada, TEN - timedelta(days=1)).status == "held"


def test_a_time_that_is_taken_while_it_is_being_offered_is_refused(ask, ada, monkeypatch):
    monkeypatch.setattr(offered_times, "hold_agreed", lambda *_given, **_more: None)
    with pytest.raises(Invalid) as refused:
        quoted(ask, ada, TEN)
    assert set(refused.value.fields) == {"times"}


def test_no_time_goes_with_a_written_answer(ask, ada):
    with pytest.raises(Invalid) as refused:
        quoted(ask, ada, TEN, form="written", deliver_by=clock.now() + timedelta(days=2))
    assert set(refused.value.fields) == {"times"}


def test_another_quote_lets_the_time_of_the_first_go(with_one, ask, ada):
    second = quoted(ask, ada, TEN, minutes=60)
    assert (again(with_one).status, held_booking(with_one).status) == ("superseded", "cancelled")
    assert held_booking(second).starts_at == TEN


@pytest.mark.parametrize("ending", ["quote", "answer", "decline", "withdraw"])
def test_what_ends_a_quote_closes_the_page_on_which_its_time_would_be_paid(with_one, ask, ada, mia, stripe, ending):
    booking_checkout.pay(mia, booking_id=again(with_one).booking_id)
    {
        "quote": lambda: quoted(ask, ada),
        "answer": lambda: answers.answer(ada.user, ask_id=ask.id, reply="Decide together.", minutes=5),
        "decline": lambda: answers.decline(ada.user, ask_id=ask.id, reason="no_time", reply=""),
        "withdraw": lambda: sending.withdraw(mia, ask_id=ask.id),
    }[ending]()
    assert again(with_one).status in {"superseded", "withdrawn"}
    assert held_booking(with_one).status == "cancelled"
    assert {page["status"] for page in stripe.read("checkout/sessions")["data"]} == {"expired"}


def test_under_a_key_another_quote_closes_the_page_too_and_is_sent_once(with_one, ask, ada, mia, api, stripe):
    booking_checkout.pay(mia, booking_id=again(with_one).booking_id)
    offer = {"minutes": 45, "price": {"amount": 8000, "currency": "usd"}, "note": ""}
    sent = [api(ada.user).post(f"/asks/{ask.id}/quotes", offer, **{"Idempotency-Key": "once"}) for _twice in range(2)]
    assert [answer.status_code for answer in sent] == [201, 201]
    assert sent[0].json == sent[1].json
    assert again(with_one).status == "superseded"
    assert {page["status"] for page in stripe.read("checkout/sessions")["data"]} == {"expired"}


def test_who_has_paid_meanwhile_has_the_session(with_one, ask, ada, mia, stripe):
    booking_checkout.pay(mia, booking_id=again(with_one).booking_id)
    stripe.pay(payments.of_subject(again(with_one).booking_id).checkout_id)
    with pytest.raises(quotes.QuoteBeingPaid):
        quoted(ask, ada)
    quotes.settle_quotes()
    assert (again(with_one).status, held_booking(with_one).status) == ("paid", "confirmed")


def test_what_is_refused_after_the_page_was_closed_leaves_the_time_to_be_chosen_again(with_one, ask, ada, mia, stripe):
    booking_checkout.pay(mia, booking_id=again(with_one).booking_id)
    with pytest.raises(Invalid):
        quoted(ask, ada, TEN.replace(hour=3))
    assert again(with_one).status == "sent"
    assert quotes.hold(mia, quote_id=with_one.id, starts_at=TEN).status == "held"


def test_a_time_that_the_asker_chose_by_themselves_is_paid_or_let_go_by_them(ask, ada, mia, stripe):
    quote = quoted(ask, ada)
    held = quotes.hold(mia, quote_id=quote.id, starts_at=TEN)
    booking_checkout.pay(mia, booking_id=held.id)
    with pytest.raises(quotes.QuoteBeingPaid):
        quoted(ask, ada)
    assert held_booking(quote).status == "held"


def test_the_asker_lets_the_time_go_and_picks_it_again(with_one, mia):
    cancellations.cancel(mia, booking_id=again(with_one).booking_id, expected_refund_cents=0)
    quotes.settle_quotes()
    assert again(with_one).status == "sent"
    assert quotes.hold(mia, quote_id=with_one.id, starts_at=TEN).status == "held"


def test_a_free_session_is_taken_while_a_time_is_held(ask, ada, mia):
    grants.choose_budget(ada.user, minutes_per_month=60)
    given = grants.grant(ada.user, ask_id=ask.id, minutes=30)
    with_time = quoted(ask, ada, TEN)
    assert grants.take(mia, grant_id=given.id, starts_at=TEN).status == "confirmed"
    assert again(with_time).status == "withdrawn"


def test_two_times_of_a_day_are_proposed_to_a_coach(ask, ada, offering):
    times = offered.to_offer(asks.one(ada.user, ask.id))
    assert (len(times), len({each.date() for each in times})) == (offered.SHOWN, 6)
    offerings.retire_offering(ada.user, offering_id=offering.id)
    assert offered.to_offer(asks.one(ada.user, ask.id)) == []


def test_the_page_of_an_ask_offers_times_and_shows_the_one_that_is_held(browser_of, ada, mia, ask):
    browser, page = browser_of(ada.user), f"/asks/{ask.id}"
    assert "Times that you offer" in words(browser.get(page))
    form = {"minutes": "45", "form": "session", "preparation_minutes": "0", "note": ""}
    wrong = browser.submit(f"{page}/quotes", form | {"times": "soon"}, seen=page)
    assert (wrong.status_code, "Choose five of the times" in words(wrong)) == (422, True)
    browser.submit(f"{page}/quotes", form | {"times": TEN.isoformat()}, seen=page)
    assert "is held, unpaid, until" in words(browser.get(page))
    assert "is held, unpaid, until" in words(browser_of(mia).get(page))
    home = words(browser_of(mia).get("/sessions"))
    assert "Not paid yet" in home
    assert "From the waitlist" not in home


def test_offered_times_are_shown_to_be_picked_and_those_taken_as_taken(browser_of, mia, with_two, offering):
    browser, page = browser_of(mia), f"/quotes/{with_two.id}"
    holds.hold(a_person("Noor"), offering_id=offering.id, starts_at=TEN, brief="")
    shown = browser.get(page)
    assert ("taken" in words(shown), "Week after" in words(shown)) == (True, False)
    picked = browser.submit(page, {"starts_at": TWO.isoformat()}, seen=page)
    assert "/sessions/" in picked.location


def test_when_none_of_the_offered_times_is_left_the_calendar_is_shown(browser_of, mia, with_two, offering):
    for starts_at, name in ((TEN, "Noor"), (TWO, "Nils")):
        holds.hold(a_person(name), offering_id=offering.id, starts_at=starts_at, brief="")
    shown = words(browser_of(mia).get(f"/quotes/{with_two.id}"))
    assert "What was offered was taken meanwhile" in shown
    assert "Week after" in shown


def test_through_the_api_times_are_offered_and_the_free_ones_listed(api, ada, mia, ask):
    coach, mentee = api(ada.user), api(mia)
    sent = coach.post(f"/asks/{ask.id}/quotes", {"minutes": 45, "times": [TEN.isoformat(), TWO.isoformat()]})
    assert (sent.status_code, len(sent.json["offered_times"]), sent.json["held_until"]) == (201, 2, None)
    day = f"start={TEN.date()}T00:00:00Z&end={TEN.date() + timedelta(days=1)}T00:00:00Z"
    assert len(mentee.get(f"/quotes/{sent.json['id']}/slots?{day}").json["starts_at"]) == 2
    many = [(TEN + timedelta(hours=number)).isoformat() for number in range(6)]
    refused = coach.post(f"/asks/{ask.id}/quotes", {"minutes": 45, "times": many})
    assert refused.status_code == 422
    one = coach.post(f"/asks/{ask.id}/quotes", {"minutes": 45, "times": [TEN.isoformat()]})
    assert (one.json["status"], one.json["held_until"] is not None) == ("held", True)
    assert queries.of_ask(ask.id)[0].status == "held"
