"""Another time, a series and the waitlist, on the pages."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.bookings import queries
from marketplace.bookings.listings import queries as booking_listings
from marketplace.bookings.reschedules import queries as reschedule_queries
from marketplace.bookings.reschedules import service as reschedules
from marketplace.payments import queries as payments
from marketplace.waitlist import service as waitlist
from tests.factories import (
    BRIEF,
    a_booking,
    a_coach,
    a_hold,
    a_person,
    an_admin,
    an_offering,
    open_all_week,
    weekly_hours,
)
from tests.pages.reading import read

TEN = datetime(2027, 3, 4, 10, tzinfo=UTC)
LATER = TEN + timedelta(days=1, hours=4)


def quoted(instant):
    return instant.isoformat().replace("+", "%2B")


@pytest.fixture
def hers(browser_of, mia):
    return browser_of(mia)


@pytest.fixture
def adas(browser_of, ada):
    return browser_of(ada.user)


def followed(browser, answer):
    assert answer.status_code in {302, 303}, answer.get_data(as_text=True)
    return read(browser.get(answer.headers["Location"]))


class TestMoving:
    @pytest.fixture
    def booked(self, mia, offering, stripe):
        return a_booking(mia, offering, TEN, stripe)

    @pytest.fixture
    def path(self, booked):
        return f"/sessions/{booked.id}"

    def test_a_mentee_chooses_looks_and_moves(self, hers, booked, path):
        assert f"{path}/reschedule" in read(hers.get(path)).links
        chosen = f"{path}/reschedule?starts_at={quoted(LATER)}"
        shown = read(hers.get(f"{path}/reschedule"))
        assert any(link.startswith(f"{path}/reschedule?starts_at=2027-03-05T14:00:00") for link in shown.links)
        assert f"{path}/reschedule?starts_at={TEN.isoformat()}" not in shown.links
        confirm = read(hers.get(chosen))
        assert "Fri 5 Mar, 15:00-16:00 (Berlin)" in confirm.text
        assert "After this you cannot move it again" in confirm.text
        after = followed(hers, hers.submit(f"{path}/reschedule", {"starts_at": LATER.isoformat()}, seen=chosen))
        assert "Moved to Fri 5 Mar, 15:00-16:00 (Berlin)." in after.text
        assert "You moved it from Thu 4 Mar, 11:00 (Berlin) to Fri 5 Mar, 15:00 (Berlin)" in after.text
        assert f"{path}/reschedule" not in after.links

    def test_moving_late_says_what_it_does_to_the_refund(self, hers, booked, path, moment):
        moment.set(TEN - timedelta(hours=10))
        text = read(hers.get(f"{path}/reschedule?starts_at={quoted(LATER)}")).text
        assert "If you cancelled now, 60.00 USD would be refunded" in text

    def test_the_week_after_and_the_one_before(self, hers, path):
        first = read(hers.get(f"{path}/reschedule"))
        (after,) = [link for link in first.links if "week=2027-03-08" in link]
        second = read(hers.get(after))
        assert any("week=2027-03-01" in link for link in second.links)

    def test_a_time_that_is_gone_is_answered_with_the_nearest(self, hers, path, offering):
        a_hold(a_person("Noor"), offering, LATER)
        answer = hers.submit(f"{path}/reschedule", {"starts_at": LATER.isoformat()})
        assert answer.status_code == 409
        assert "not free any more" in read(answer).text

    def test_a_time_that_is_none_leads_back_to_the_list(self, hers, path):
        answer = hers.submit(f"{path}/reschedule", {"starts_at": "soon"})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{path}/reschedule")
        night = LATER.replace(hour=3)
        assert hers.submit(f"{path}/reschedule", {"starts_at": night.isoformat()}).status_code == 422

    def test_what_cannot_be_moved_says_why(self, hers, path, moment):
        moment.set(TEN - timedelta(hours=3))
        assert "too near to be moved" in followed(hers, hers.get(f"{path}/reschedule")).text
        tried = hers.submit(f"{path}/reschedule", {"starts_at": LATER.isoformat()}, seen=path)
        assert "too near to be moved" in followed(hers, tried).text

    def test_a_coach_proposes_and_the_mentee_accepts(self, hers, adas, path, booked):
        shown = read(adas.get(f"{path}/reschedule?starts_at={quoted(LATER)}"))
        assert "Ask Mia to move it" in shown.buttons
        asked = adas.submit(f"{path}/reschedule", {"starts_at": LATER.isoformat(), "reason": "A doctor."}, seen=path)
        assert (
            "You have asked Mia to move this session to Fri 5 Mar, 15:00-16:00 (Berlin)" in followed(adas, asked).text
        )
        page = read(hers.get(path))
        assert "Ada asks to move this session" in page.text
        assert "A doctor." in page.text
        proposal = reschedule_queries.open_proposal(queries.locked(booked.id))
        moved = hers.submit(f"{path}/reschedules/{proposal.id}/accept", seen=path)
        assert "The session has moved" in followed(hers, moved).text
        again = hers.submit(f"{path}/reschedules/{proposal.id}/decline", seen=path)
        assert "has been answered already" in followed(hers, again).text

    def test_declining_taking_back_and_a_time_that_is_gone(self, hers, adas, ada, path, booked, offering, client):
        def propose():
            return reschedules.propose(ada.user, booking_id=booked.id, starts_at=LATER).id

        declined = hers.submit(f"{path}/reschedules/{propose()}/decline", seen=path)
        assert "stays where it is" in followed(hers, declined).text
        taken_back = adas.submit(f"{path}/reschedules/{propose()}/withdraw", seen=path)
        assert "Withdrawn" in followed(adas, taken_back).text
        last = propose()
        a_hold(a_person("Noor"), offering, LATER)
        gone = hers.submit(f"{path}/reschedules/{last}/accept", seen=path)
        assert "Somebody has booked this time by now" in followed(hers, gone).text

    def test_a_reason_that_is_too_long_loses_nothing(self, adas, path):
        long = "word " * 200
        answer = adas.submit(f"{path}/reschedule", {"starts_at": LATER.isoformat(), "reason": long}, seen=path)
        assert answer.status_code == 422
        assert long.strip() in answer.get_data(as_text=True)

    def test_an_admin_sees_the_proposal_and_no_buttons(self, browser_of, ada, path, booked):
        reschedules.propose(ada.user, booking_id=booked.id, starts_at=LATER)
        page = read(browser_of(an_admin()).get(path))
        assert "Ada has asked Mia to move" in page.text
        assert "Withdraw the proposal" not in page.buttons

    def test_strangers_and_passers_by(self, browser_of, client, path):
        stranger = browser_of(a_person("Noor"))
        assert stranger.get(f"{path}/reschedule").status_code == 404
        assert (
            stranger.submit(f"{path}/reschedule", {"starts_at": LATER.isoformat()}, seen="/account").status_code == 404
        )
        assert client.get(f"{path}/reschedule").status_code == 302
        assert stranger.post(f"{path}/reschedule", data={"starts_at": LATER.isoformat()}).status_code == 400


class TestSeries:
    def address(self, offering, **more):
        query = "&".join(f"{name}={value}" for name, value in more.items())
        return f"/book/{offering.id}/series?starts_at={quoted(TEN)}&{query}"

    def hold(self, browser, offering, count=3, mode="all", **typed):
        values = {"starts_at": TEN.isoformat(), "every_weeks": "1", "count": count, "mode": mode, "brief": BRIEF}
        return browser.submit(f"/book/{offering.id}/series", values | typed, seen=self.address(offering, count=count))

    def test_what_fits_is_shown_before_anybody_pays(self, client, offering):
        a_hold(a_person("Noor"), offering, TEN + timedelta(weeks=1))
        assert self.address(offering).split("?")[0] in " ".join(
            read(client.get(f"/book/{offering.id}?starts_at={quoted(TEN)}")).links
        )
        page = read(client.get(self.address(offering, count=3, zone="Europe/Berlin")))
        assert "2 of 3 fit" in page.text
        assert "Somebody has booked this time." in page.text
        assert "Hold the 2 times that fit" in page.buttons
        assert "240.00 USD" in page.text

    def test_an_hour_that_the_clocks_skip_is_shown_as_her_clock_would(self, client):
        night = an_offering(open_all_week(a_coach("beth"), "00:00", "24:00"))
        first = datetime(2027, 3, 21, 1, 30, tzinfo=UTC)
        page = read(client.get(f"/book/{night.id}/series?starts_at={quoted(first)}&count=2"))
        assert "Sun 28 Mar, 02:30 (Berlin) The clocks go forward over this hour." in page.text

    def test_a_plan_that_is_none_is_the_usual_one_or_leads_to_the_times(self, client, offering):
        assert "All of it fits" in read(client.get(self.address(offering, count="many"))).text
        assert client.get(f"/book/{offering.id}/series").status_code == 302
        none = read(client.get(f"/book/{offering.id}/series?starts_at={quoted(TEN.replace(hour=3))}"))
        assert "None of these times can be booked" in none.text

    @pytest.mark.parametrize("asked", [{"check": "yes"}, {"shown_count": "3"}])
    def test_checking_other_weeks_keeps_what_was_written_and_holds_nothing(self, hers, mia, offering, asked):
        answer = self.hold(hers, offering, count=5, **asked)
        assert answer.status_code == 303
        page = followed(hers, answer)
        assert "Hold all 5 times" in page.buttons
        assert BRIEF in page.text
        assert not booking_listings.page_for(mia, as_coach=False, past=False).bookings

    def test_all_of_it_is_held_paid_and_confirmed(self, hers, adas, mia, offering, stripe):
        answer = self.hold(hers, offering)
        where = answer.headers["Location"]
        page = followed(hers, answer)
        assert "Pay 360.00 USD" in page.buttons
        assert "Pay 360.00 USD" not in read(adas.get(where)).buttons
        session_page = read(hers.get(next(link for link in page.links if link.startswith("/sessions/0"))))
        assert "All 3 are paid for at once, 360.00 USD" in session_page.text
        assert "Pay for all of them" in read(hers.get("/sessions?as=mentee")).text
        paying = hers.submit(f"{where}/pay", seen=where)
        assert paying.status_code == 303
        payment = payments.of_subject(booking_listings.page_for(mia, as_coach=False, past=False).bookings[0].series_id)
        assert "Nothing was paid yet" in read(hers.get(f"{where}?paid=0")).text
        stripe.pay(payment.checkout_id, "4000000000000002")
        assert "declined" in read(hers.get(f"{where}?paid=1")).text
        stripe.pay(payment.checkout_id)
        paid = read(hers.get(f"{where}?paid=1"))
        assert "Paid. Ada knows" in paid.text
        assert "Pay 360.00 USD" not in paid.buttons
        assert "Paid. Ada knows" in read(hers.get(f"{where}?paid=1")).text
        late = hers.submit(f"{where}/pay", seen="/account")
        assert "nothing to pay here" in followed(hers, late).text

    def test_a_payment_provider_that_is_silent_loses_nothing(self, hers, mia, offering, stripe):
        where = self.hold(hers, offering).headers["Location"]
        hers.submit(f"{where}/pay", seen=where)
        stripe.fault("/v1/checkout/*", "fail_before", times=5)
        assert "does not answer right now" in read(hers.get(f"{where}?paid=1")).text

    def test_it_is_given_back_whole(self, hers, offering):
        where = self.hold(hers, offering).headers["Location"]
        first = re.search(r"/sessions/([0-9a-f-]{36})", hers.get(where).get_data(as_text=True)).group(1)
        hers.submit(f"/sessions/{first}/cancel", {"expected_refund_cents": 0}, seen=where)
        assert read(hers.get(where)).text.count("Released by you") == 3

    def test_a_request_for_several_is_answered_once(self, hers, adas, ada, mia, stripe):
        asked = an_offering(ada, by_approval=True)
        where = self.hold(hers, asked).headers["Location"]
        hers.submit(f"{where}/pay", seen=where)
        held = booking_listings.page_for(mia, as_coach=False, past=False).bookings
        stripe.pay(payments.of_subject(held[0].series_id).checkout_id)
        assert "Sent. Ada has your request." in read(hers.get(f"{where}?paid=1")).text
        page = read(adas.get(f"/sessions/{held[1].id}"))
        assert "Accept and take 360.00 USD" in page.buttons
        assert "an answer is for all 3 of them, 360.00 USD in all" in page.text

    def test_what_is_wrong_is_said_and_nothing_typed_is_lost(self, hers, offering):
        short = self.hold(hers, offering, brief="Too short")
        assert (short.status_code, "Too short" in short.get_data(as_text=True)) == (422, True)
        a_hold(a_person("Noor"), offering, TEN + timedelta(weeks=1))
        refused = self.hold(hers, offering)
        assert refused.status_code == 409
        assert "Nothing is held, because this does not fit." in read(refused).text
        assert BRIEF in refused.get_data(as_text=True)

    def test_a_passer_by_signs_in_first_and_comes_back(self, client, offering):
        answer = self.hold(client, offering)
        assert answer.status_code == 302
        assert "/login?next=/book/" in answer.headers["Location"]
        assert BRIEF in client.get(self.address(offering, count=3)).get_data(as_text=True)

    def test_its_coach_sees_it_as_a_mentee_does_and_books_nothing(self, adas, offering):
        assert "You cannot book yourself." in read(adas.get(self.address(offering))).text

    def test_strangers_find_nothing(self, hers, browser_of, offering, client):
        where = self.hold(hers, offering).headers["Location"]
        stranger = browser_of(a_person("Noor"))
        assert stranger.get(where).status_code == 404
        assert stranger.submit(f"{where}/pay", seen="/account").status_code == 404
        assert client.get(where).status_code == 302
        retired = "/book/019547d2-0000-7000-8000-000000000000/series"
        assert (
            stranger.submit(
                retired, {"starts_at": TEN.isoformat(), "count": 3, "brief": BRIEF}, seen="/account"
            ).status_code
            == 404
        )


class TestWaiting:
    @pytest.fixture
    def beth(self):
        return a_coach("beth")

    @pytest.fixture
    def full(self, beth, stripe):
        """Beth's only hour of the week is booked by Otto, who cannot see further than a week."""
        weekly_hours(beth, 3, "11:00", "12:00")
        offering = an_offering(beth, horizon_days=6)
        a_booking(a_person("Otto"), offering, TEN, stripe)
        return offering

    def wish(self, **changes):
        days = {"starts_on": "2027-03-01", "ends_on": "2027-03-07", "weekdays": ["0", "3"]}
        return days | {"earliest": "09:00", "latest": "12:00", "brief": BRIEF} | changes

    def test_where_nothing_is_free_one_asks_to_be_told(self, hers, full):
        slots = read(hers.get(f"/@beth/{full.id}"))
        assert f"/waitlist/join/{full.id}?first=2027-03-01&last=2027-03-07" in slots.links
        form = read(hers.get(f"/waitlist/join/{full.id}"))
        assert "held for you for 20 minutes" in form.text
        shown = followed(hers, hers.submit(f"/waitlist/join/{full.id}", self.wish()))
        assert "You are first on the waitlist" in shown.text
        assert "1 Mar to 7 Mar, Monday, Thursday, 09:00-12:00 (Berlin)" in shown.text
        assert "/waitlist" in read(hers.get("/sessions?as=mentee")).links

    def test_the_form_of_a_month_without_free_times_takes_its_own_days(self, hers, beth):
        """Free times lie beyond that month: waiting for those would be refused."""
        weekly_hours(beth, 3, "11:00", "12:00")
        offering = an_offering(beth, notice_hours=720, horizon_days=90)
        week = read(hers.get(f"/@beth/{offering.id}?month=2027-03"))
        ask = next(link for link in week.links if link.startswith(f"/waitlist/join/{offering.id}"))
        form = hers.get(ask).get_data(as_text=True)
        starts_on, ends_on = re.findall(r'name="(?:starts_on|ends_on)" value="([^"]+)"', form)
        assert (starts_on, ends_on) == ("2027-03-01", "2027-03-31")
        answer = hers.submit(ask, self.wish(starts_on=starts_on, ends_on=ends_on, earliest="00:00", latest="24:00"))
        assert answer.status_code == 303

    @pytest.mark.parametrize("days", ["first=never&last=2027-03-09", "first=2020-01-01&last=2020-01-07"])
    def test_days_that_cannot_be_waited_for_begin_today(self, hers, full, days):
        form = hers.get(f"/waitlist/join/{full.id}?{days}").get_data(as_text=True)
        assert 'name="starts_on" value="2027-03-01"' in form

    def test_an_offer_is_shown_with_the_way_to_pay_and_left(self, hers, beth, full):
        hers.submit(
            f"/waitlist/join/{full.id}",
            self.wish(weekdays=["0", "1", "2", "3", "4", "5", "6"], earliest="00:00", latest="24:00"),
        )
        weekly_hours(beth, 4, "11:00", "12:00")
        waitlist.offer_freed()
        page = read(hers.get("/waitlist"))
        assert "Held for you until Mon 1 Mar, 10:20 (Berlin)" in page.text
        assert "1 Mar to 7 Mar (Berlin)" in page.text
        wait = re.search(r"/waitlist/([0-9a-f-]{36})/leave", hers.get("/waitlist").get_data(as_text=True)).group(1)
        left = followed(hers, hers.submit(f"/waitlist/{wait}/leave", seen="/waitlist"))
        assert "You are on no waitlist." in left.text

    def test_what_is_wrong_is_said_and_nothing_typed_is_lost(self, hers, full):
        answer = hers.submit(f"/waitlist/join/{full.id}", self.wish(ends_on="2027-02-01", brief="Hi."))
        assert answer.status_code == 422
        page = read(answer)
        assert "The last day must not come before" in page.text or "Say in" in page.text
        assert "09:00" in answer.get_data(as_text=True)

    def test_what_is_free_already_is_linked(self, hers, offering):
        answer = hers.submit(f"/waitlist/join/{offering.id}", self.wish())
        assert answer.status_code == 409
        assert f"/book/{offering.id}?starts_at=" in " ".join(read(answer).links)

    def test_waiting_twice_is_refused(self, hers, full):
        hers.submit(f"/waitlist/join/{full.id}", self.wish())
        answer = hers.submit(f"/waitlist/join/{full.id}", self.wish())
        assert (answer.status_code, "You are on the waitlist for this already" in read(answer).text) == (409, True)

    def test_strangers_find_nothing(self, hers, browser_of, client, full):
        hers.submit(f"/waitlist/join/{full.id}", self.wish())
        wait = re.search(r"/waitlist/([0-9a-f-]{36})/leave", hers.get("/waitlist").get_data(as_text=True)).group(1)
        stranger = browser_of(a_person("Noor"))
        assert stranger.submit(f"/waitlist/{wait}/leave", seen="/account").status_code == 404
        assert (
            stranger.submit(
                "/waitlist/join/019547d2-0000-7000-8000-000000000000", self.wish(), seen="/account"
            ).status_code
            == 404
        )
        assert client.get("/waitlist").status_code == 302
