"""Another time, a series: through the API, for whom they are and for strangers."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.payments import queries as payments
from tests.factories import BRIEF, a_booking, a_hold, a_person

TEN = datetime(2027, 3, 4, 10, tzinfo=UTC)
LATER = TEN + timedelta(days=1, hours=4)
NOBODYS = "019547d2-0000-7000-8000-000000000000"


class TestMoving:
    @pytest.fixture
    def booked(self, mia, offering, stripe):
        return a_booking(mia, offering, TEN, stripe)

    def test_the_times_it_may_go_to_are_told_and_taken(self, api, mia, booked):
        program = api(mia)
        window = f"start={LATER.isoformat().replace('+', '%2B')}&zone=Europe/Berlin"
        shown = program.get(f"/bookings/{booked.id}/reschedule?{window}").json
        assert (shown["minutes"], shown["starts_at"][0]) == (60, "2027-03-05T15:00:00+01:00")
        moved = program.post(f"/bookings/{booked.id}/reschedule", {"starts_at": shown["starts_at"][0]})
        assert (moved.status_code, moved.json["starts_at"]) == (200, "2027-03-05T14:00:00+00:00")
        assert moved.json["id"] == str(booked.id)

    def test_who_may_not_move_it_is_told_no_times_to_move_it_to(self, api, alma, booked):
        assert api(alma).get(f"/bookings/{booked.id}").status_code == 200
        assert api(alma).get(f"/bookings/{booked.id}/reschedule").status_code == 403

    def test_a_move_sent_twice_under_one_key_is_one_move(self, api, mia, booked):
        program = api(mia)
        body = {"starts_at": LATER.isoformat()}
        answers = [program.post(f"/bookings/{booked.id}/reschedule", body, Idempotency_Key="m") for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        again = program.post(f"/bookings/{booked.id}/reschedule", {"starts_at": TEN.isoformat()})
        assert (again.status_code, "as often as its rules allow" in again.json["detail"]) == (409, True)

    def test_a_taken_time_is_refused_with_what_is_near(self, api, mia, booked, offering):
        a_hold(a_person("Noor"), offering, LATER)
        refusal = api(mia).post(f"/bookings/{booked.id}/reschedule", {"starts_at": LATER.isoformat()})
        assert (refusal.status_code, len(refusal.json["nearest"])) == (409, 3)

    def test_a_coach_proposes_and_the_mentee_answers(self, api, mia, ada, booked):
        coach, mentee = api(ada.user), api(mia)
        asked = coach.post(
            f"/bookings/{booked.id}/reschedules", {"starts_at": LATER.isoformat(), "reason": "A doctor."}
        )
        assert (asked.status_code, asked.json["status"], asked.json["reason"]) == (201, "proposed", "A doctor.")
        (shown,) = mentee.get(f"/bookings/{booked.id}/reschedules").json["items"]
        assert shown == asked.json
        path = f"/bookings/{booked.id}/reschedules/{shown['id']}"
        assert coach.post(f"{path}/accept").status_code == 403
        assert mentee.post(f"{path}/decline").json["status"] == "declined"
        assert mentee.post(f"{path}/accept").status_code == 409
        again = coach.post(f"/bookings/{booked.id}/reschedules", {"starts_at": LATER.isoformat()}).json
        assert coach.post(f"/bookings/{booked.id}/reschedules/{again['id']}/withdraw").json["status"] == "withdrawn"
        last = coach.post(f"/bookings/{booked.id}/reschedules", {"starts_at": LATER.isoformat()}).json
        moved = mentee.post(f"/bookings/{booked.id}/reschedules/{last['id']}/accept")
        assert (moved.status_code, moved.json["starts_at"]) == (200, "2027-03-05T14:00:00+00:00")

    def test_strangers_find_nothing(self, api, booked):
        stranger = api(a_person("Noor"))
        body = {"starts_at": LATER.isoformat()}
        for path in ("reschedule", "reschedules"):
            assert stranger.get(f"/bookings/{booked.id}/{path}").status_code == 404
            assert stranger.post(f"/bookings/{booked.id}/{path}", body).status_code == 404
        assert stranger.post(f"/bookings/{booked.id}/reschedules/{NOBODYS}/accept").status_code == 404


class TestSeries:
    def plan(self, offering, **changes):
        return {
            "offering_id": str(offering.id),
            "starts_at": TEN.isoformat(),
            "every_weeks": 1,
            "count": 3,
            "brief": BRIEF,
        } | changes

    def test_what_fits_is_told_to_anybody_before_paying(self, anonymous_api, offering):
        a_hold(a_person("Noor"), offering, TEN + timedelta(weeks=1))
        told = anonymous_api.get(
            f"/offerings/{offering.id}/series?starts_at={TEN.isoformat().replace('+', '%2B')}&count=3"
        ).json
        assert told["timezone"] == "Europe/Berlin"
        assert told["price"] == {"amount": 24000, "currency": "usd"}
        assert [each["fits"] for each in told["items"]] == [True, False, True]
        assert told["items"][1]["wall_clock"] == "2027-03-11T11:00:00"
        assert told["items"][1]["why_not"] == "Somebody has booked this time."

    def test_it_is_held_and_paid_for_at_once(self, api, mia, offering, stripe):
        program = api(mia)
        held = program.post("/series", self.plan(offering), Idempotency_Key="s")
        assert (held.status_code, held.json["price"]["amount"]) == (201, 36000)
        assert program.get(held.headers["Location"].removeprefix("/api/v1")).json == held.json
        assert {each["series_id"] for each in held.json["sessions"]} == {held.json["id"]}
        assert program.post(f"/series/{held.json['id']}/pay").json["url"].startswith("http")
        payment = payments.of_subject(held.json["id"])
        stripe.pay(payment.checkout_id)
        payment_outcomes.settle_payment(str(payment.id))
        shown = program.get(f"/series/{held.json['id']}").json
        assert {each["status"] for each in shown["sessions"]} == {"confirmed"}

    def test_what_does_not_fit_is_named_and_nothing_held(self, api, mia, offering):
        a_hold(a_person("Noor"), offering, TEN + timedelta(weeks=1))
        program = api(mia)
        refusal = program.post("/series", self.plan(offering))
        assert refusal.status_code == 409
        assert refusal.json["missing"][0]["wall_clock"] == "2027-03-11T11:00:00"
        assert program.get("/bookings").json["items"] == []
        assert len(program.post("/series", self.plan(offering, mode="fitting")).json["sessions"]) == 2

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"count": 1}, "count"),
            ({"count": 13}, "count"),
            ({"every_weeks": 3}, "every_weeks"),
            ({"mode": "some"}, "mode"),
            ({"brief": "Hi."}, "brief"),
        ],
    )
    def test_what_is_wrong_is_named(self, api, mia, offering, changes, field):
        answer = api(mia).post("/series", self.plan(offering, **changes))
        assert (answer.status_code, list(answer.json["errors"])) == (422, [field])

    def test_strangers_find_nothing(self, api, mia, offering):
        series_id = api(mia).post("/series", self.plan(offering)).json["id"]
        stranger = api(a_person("Noor"))
        assert stranger.get(f"/series/{series_id}").status_code == 404
        assert stranger.post(f"/series/{series_id}/pay").status_code == 404
