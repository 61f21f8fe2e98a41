"""Booking a free time on the pages, and the lists of one's sessions."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from marketplace.bookings.holds import service as holds
from marketplace.bookings.listings import queries as booking_listings
from marketplace.pages import drafts
from marketplace.policies.queries import house_terms
from tests.doors import PASSWORD
from tests.factories import (
    BRIEF,
    a_booking,
    a_coach,
    a_hold,
    a_person,
    an_admin,
    an_offering,
    weekly_hours,
)
from tests.pages.reading import read

TEN = datetime(2027, 3, 3, 10, tzinfo=UTC)
NOBODYS = "019547d2-0000-7000-8000-000000000000"


@pytest.fixture
def hers(browser_of, mia):
    return browser_of(mia)


def address(offering, at=TEN):
    return f"/book/{offering.id}?starts_at={at.isoformat().replace('+', '%2B')}"


def hold(browser, offering, at=TEN, **typed):
    where = address(offering, at)
    return browser.submit(where, {"starts_at": at.isoformat(), "brief": BRIEF} | typed)


def booked_by(person):
    return booking_listings.page_for(person, as_coach=False, past=False).bookings


# The form


def test_price_fee_rules_and_zone_stand_where_one_decides(hers, offering):
    page = read(hers.get(address(offering)))
    assert "Wed 3 Mar, 11:00-12:00 (Berlin)" in page.text
    assert "120.00 USD In total; nothing is added. Ada gets 108.00 USD of it, 12.00 USD is our fee." in page.text
    for sentence in house_terms().sentences():
        assert sentence in page.text
    assert "Hold this time" in page.buttons
    assert page.fields == ["brief", "files"]


def test_a_request_says_that_nothing_is_taken_before_the_coach_answers(hers, ada):
    page = read(hers.get(address(an_offering(ada, by_approval=True))))
    assert "Ada answers within 48 hours. Until then the amount is reserved on your card, not taken." in page.text


def test_a_passer_by_reads_everything_in_the_zone_she_chose(client, offering):
    page = read(client.get(address(offering) + "&zone=Asia/Tokyo"))
    assert "Wed 3 Mar, 19:00-20:00 (Tokyo)" in page.text
    assert "You sign in or sign up first" in page.text


def test_a_zone_in_the_address_does_not_overrule_a_profile(hers, offering):
    assert "(Berlin)" in read(hers.get(address(offering) + "&zone=Asia/Tokyo")).text


def test_a_coach_sees_their_own_offer_without_a_form(browser_of, ada, offering):
    page = read(browser_of(ada.user).get(address(offering)))
    assert page.fields == []
    assert "You cannot book yourself." in page.text


@pytest.mark.parametrize("query", ["", "?starts_at=", "?starts_at=soon", "?starts_at=2027-03-03T10:00:00"])
def test_without_a_time_one_chooses_a_time_first(client, offering, query):
    answer = client.get(f"/book/{offering.id}{query}")
    assert (answer.status_code, answer.location) == (302, f"/@ada/{offering.id}")
    assert client.submit(f"/book/{offering.id}{query}", {"brief": BRIEF}, seen="/login").location == answer.location


def test_a_plus_that_was_not_quoted_is_understood(client, offering):
    assert "11:00" in client.get(f"/book/{offering.id}?starts_at=2027-03-03T10:00:00+00:00&zone=Europe/Berlin").text


def test_an_offering_that_is_gone_is_not_there(client, offering):
    assert client.get(f"/book/{NOBODYS}?starts_at=2027-03-03T10:00:00Z").status_code == 404


# Holding


def test_holding_leads_to_the_session(hers, mia, offering):
    answer = hold(hers, offering)
    (booking,) = booked_by(mia)
    assert (answer.status_code, answer.location) == (302, f"/sessions/{booking.id}")
    assert (booking.starts_at, booking.brief) == (TEN, BRIEF)


def test_a_passer_by_signs_in_and_comes_back_with_what_she_wrote(client, mia, offering):
    answer = hold(client, offering, zone="Asia/Tokyo")
    assert answer.status_code == 302
    assert urlsplit(answer.location).path == "/login"
    (wanted,) = parse_qs(urlsplit(answer.location).query)["next"]
    back = client.submit(
        "/login", {"email": mia.email, "password": PASSWORD, "next": wanted}, seen=answer.location
    ).location
    page = client.get(back)
    assert read(page).text.count("Wed 3 Mar, 11:00-12:00 (Berlin)") == 1
    assert BRIEF in page.text
    client.submit(back, {"starts_at": TEN.isoformat(), "brief": BRIEF})
    assert [booking.starts_at for booking in booked_by(mia)] == [TEN]
    assert BRIEF not in client.get(address(offering, TEN.replace(hour=13))).text


def test_what_a_passer_by_wrote_is_looked_at_before_she_signs_in(client, offering):
    answer = hold(client, offering, brief="help")
    assert answer.status_code == 422
    page = read(answer)
    assert "Say in 20 to 2000 characters what it is about" in page.text
    assert "#brief" in page.links
    assert ">\nhelp</textarea>" in answer.text


@pytest.mark.parametrize("text", ["", "Eine Frage.", "ÄÖÜ 質問 🌱 " * 200, "".join(map(chr, range(0x4E00, 0x55CF)))])
def test_a_draft_comes_back_as_it_was_typed(app, text):
    text = text[:2000]
    with app.test_request_context():
        answer = drafts.keep(app.response_class(), text)
    cookies = [line.partition(";")[0] for line in answer.headers.getlist("Set-Cookie")]
    assert all(len(cookie) < 4000 for cookie in cookies)
    with app.test_request_context(headers={"Cookie": "; ".join(cookies)}):
        assert drafts.kept() == text


@pytest.mark.parametrize("cookie", ["nonsense", "AAAA", "ü", "eJw"])
def test_a_draft_that_is_none_is_left_alone(app, cookie):
    with app.test_request_context(headers={"Cookie": f"draft0={cookie}"}):
        assert drafts.kept() == ""


def test_a_shorter_draft_leaves_nothing_of_a_longer_one(app):
    with app.test_request_context(headers={"Cookie": "draft0=a; draft1=b"}):
        answer = drafts.keep(app.response_class(), "short")
    kept, gone = answer.headers.getlist("Set-Cookie")
    assert kept.startswith("draft0=eN")
    assert gone.startswith("draft1=;")


def test_pressing_twice_is_holding_once(hers, mia, offering):
    first = hold(hers, offering)
    page = hers.get("/account")
    assert page.status_code == 200
    again = hers.submit(f"/book/{offering.id}", {"starts_at": TEN.isoformat(), "brief": BRIEF}, seen="/account")
    assert again.location == first.location
    assert len(booked_by(mia)) == 1
    assert hers.get(address(offering)).location == first.location


def test_a_taken_time_names_the_nearest_and_keeps_what_was_typed(hers, offering):
    page = hers.get(address(offering))
    token = read(page).hidden["csrf_token"]
    a_hold(a_person("Noor"), offering, TEN)
    typed = {"csrf_token": token, "starts_at": TEN.isoformat(), "brief": BRIEF}
    answer = hers.post(f"/book/{offering.id}", data=typed)
    assert answer.status_code == 409
    page = read(answer)
    assert "Somebody has just booked this time." in page.text
    assert "Nearest free: Wed 3 Mar, 09:45 (Berlin) Wed 3 Mar, 10:00 (Berlin) Wed 3 Mar, 12:00 (Berlin)" in page.text
    (near, *_) = [link for link in page.links if link.startswith("/book/")]
    assert BRIEF in hers.get(near).text


def test_a_time_that_went_in_the_meantime_is_told_before_one_writes(client, offering):
    a_hold(a_person("Noor"), offering, TEN)
    answer = client.get(address(offering))
    assert answer.status_code == 409
    page = read(answer)
    assert "This time is not free any more." in page.text
    assert page.fields == []


def test_a_time_that_is_not_offered_is_not_held(hers, mia, offering):
    night = TEN.replace(hour=2)
    answer = hers.submit(f"/book/{offering.id}", {"starts_at": night.isoformat(), "brief": BRIEF}, seen="/account")
    assert answer.status_code == 422
    assert "Nearest free" in read(answer).text
    assert booked_by(mia) == []


def test_where_nothing_is_free_near_it_is_said(client, ada):
    weekly_hours(bea := a_coach("bea"), 0)
    offering = an_offering(bea, horizon_days=1)
    answer = client.get(address(offering))
    assert "Nothing else is free near it." in read(answer).text


def test_a_third_hold_is_refused_in_words(hers, mia, offering):
    for hour in (8, 13):
        a_hold(mia, offering, TEN.replace(hour=hour))
    answer = hold(hers, offering)
    assert answer.status_code == 409
    assert "You hold as many times as one may at once." in read(answer).text
    assert BRIEF in answer.text


def test_a_coach_who_posts_all_the_same_is_refused(browser_of, ada, offering):
    answer = browser_of(ada.user).submit(
        f"/book/{offering.id}", {"starts_at": TEN.isoformat(), "brief": BRIEF}, seen="/account"
    )
    assert answer.status_code == 403


def test_a_form_without_its_token_does_nothing(hers, mia, offering):
    answer = hers.post(f"/book/{offering.id}", data={"starts_at": TEN.isoformat(), "brief": BRIEF})
    assert answer.status_code == 400
    assert booked_by(mia) == []


# My sessions


def test_nobody_is_asked_to_sign_in_first(client):
    answer = client.get("/sessions")
    assert answer.status_code == 302
    assert urlsplit(answer.location).path == "/login"


def test_an_empty_list_says_what_to_do(hers, browser_of, ada):
    assert "/coaches" in read(hers.get("/sessions")).links
    assert "You have no session to come." in hers.get("/sessions").text
    assert "You have had no session yet." in hers.get("/sessions?past=yes").text
    coach = browser_of(ada.user)
    assert "Nobody has booked you yet." in read(coach.get("/sessions")).text
    assert "No session has ended yet." in read(coach.get("/sessions?past=yes")).text
    assert "You have no session to come." in coach.get("/sessions?as=mentee").text


def test_each_side_has_a_list_with_state_money_and_one_action(hers, browser_of, mia, ada, offering, stripe):
    booked = a_booking(mia, offering, TEN, stripe)
    held = a_hold(mia, offering, TEN.replace(hour=13))
    page = read(hers.get("/sessions"))
    confirmed = "Ada One hour of mentoring Wed 3 Mar, 11:00-12:00 (Berlin) Confirmed 120.00 USD Open"
    waiting = "Ada One hour of mentoring Wed 3 Mar, 14:00-15:00 (Berlin) Waiting for payment, 15:00 left 120.00 USD"
    assert page.text.index(confirmed) < page.text.index(waiting)
    assert "Pay 120.00 USD" in page.text
    assert {f"/sessions/{booked.id}", f"/sessions/{held.id}"} <= set(page.links)
    assert "Mia One hour of mentoring" in read(browser_of(ada.user).get("/sessions")).text


def test_long_lists_come_page_by_page(hers, mia, offering, moment, run_jobs, monkeypatch):
    for number in range(3):
        a_hold(mia, offering, TEN + timedelta(hours=number))
        moment.advance(minutes=16)
        run_jobs()
    held = holds.hold(mia, offering_id=offering.id, starts_at=TEN + timedelta(days=1), brief=BRIEF)
    monkeypatch.setattr(booking_listings.page_for, "__kwdefaults__", {"after": None, "limit": 2})
    assert f"/sessions/{held.id}" in read(hers.get("/sessions")).links
    first = read(hers.get("/sessions?past=yes"))
    (more,) = [link for link in first.links if "after=" in link]
    second = read(hers.get(more))
    assert "More" not in second.text
    assert "Back to the start" in second.text


@pytest.mark.parametrize("query", ["as=admin", "after=yesterday", "past=perhaps", f"after={NOBODYS}"])
def test_a_list_that_nobody_can_read_is_not_there(hers, query):
    assert hers.get(f"/sessions?{query}").status_code == 404


def test_an_admin_has_no_list_of_everybodys_sessions_here(browser_of, mia, offering):
    a_hold(mia, offering, TEN)
    assert "Ada" not in read(browser_of(an_admin()).get("/sessions")).text
