"""The way in, who came, and what an admin decides, through the API."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import a_booking, a_person, an_admin, an_offering

START = datetime(2027, 3, 4, 10, tzinfo=UTC)
END = START + timedelta(hours=1)


@pytest.fixture
def booked(mia, ada, stripe):
    return a_booking(mia, an_offering(ada), START, stripe)


@pytest.fixture
def path(booked):
    return f"/bookings/{booked.id}"


@pytest.mark.parametrize(
    ("who", "status"),
    [("its mentee", 200), ("its coach", 200), ("another mentee", 404), ("an admin", 404), ("nobody", 401)],
)
def test_the_way_in_is_for_the_two_alone(api, anonymous_api, booked, mia, ada, path, moment, who, status):
    moment.set(START - timedelta(minutes=10))
    people = {"its mentee": mia, "its coach": ada.user, "another mentee": a_person("Noor"), "an admin": an_admin()}
    asking = api(people[who]) if who in people else anonymous_api
    answer = asking.get(f"{path}/meeting")
    assert answer.status_code == status
    if status == 200:
        assert answer.json == {
            "opens_at": "2027-03-04T09:50:00+00:00",
            "closes_at": "2027-03-04T12:00:00+00:00",
            "url": f"https://meet.jit.si/{booked.meeting_room}",
        }
        moment.set(START - timedelta(minutes=11))
        assert asking.get(f"{path}/meeting").json["url"] is None


def test_a_coach_sets_their_own_link(api, ada, mia):
    own = api(ada.user)
    assert own.get("/coach/meeting-link").json == {"url": None}
    assert own.put("/coach/meeting-link", {"url": "https://video.example/ada"}).json == {
        "url": "https://video.example/ada"
    }
    assert own.get("/coach/meeting-link").json == {"url": "https://video.example/ada"}
    assert own.put("/coach/meeting-link", {"url": "ftp://x"}).status_code == 422
    assert own.put("/coach/meeting-link", {}).status_code == 422
    assert own.put("/coach/meeting-link", {"url": None}).json == {"url": None}
    assert api(mia).get("/coach/meeting-link").status_code == 404
    assert "video.example" not in api(mia).get("/coaches/ada").text


def test_a_contested_report_from_the_first_word_to_the_decision(api, mia, ada, booked, path, moment):
    mentees, coachs, admins = api(mia), api(ada.user), api(an_admin())
    assert mentees.get(f"{path}/no-show").status_code == 404
    assert mentees.post(f"{path}/no-show", {"words": "I waited."}).status_code == 409
    moment.set(END)
    assert mentees.post(f"{path}/no-show", {"words": "I waited."}).json["status"] == "confirmed"
    report = coachs.get(f"{path}/no-show").json
    assert (report["status"], report["words"], report["answer_by"]) == (
        "open",
        "I waited.",
        "2027-03-05T11:00:00+00:00",
    )
    assert admins.get("/admin/attendance").json == []
    answered = coachs.post(f"{path}/no-show/answer", {"answer": "took_place", "words": "We talked."})
    assert answered.json["outcome"] == "took_place"
    (waiting,) = admins.get("/admin/attendance").json
    assert (waiting["status"], waiting["answer_words"], waiting["answer_by"]) == ("contested", "We talked.", None)
    address = f"/admin/attendance/{report['id']}"
    assert admins.get(address).json == waiting
    in_euros = {"verdict": "split", "reason": "Late.", "refund": {"amount": 4000, "currency": "eur"}}
    assert admins.post(f"{address}/decide", in_euros).json["errors"] == {
        "refund.currency": ["This session is paid in usd."]
    }
    split = in_euros | {"refund": {"amount": 4000, "currency": "usd"}}
    decided = admins.post(f"{address}/decide", split, Idempotency_Key="once")
    assert (decided.json["status"], decided.json["refund_cents"]) == ("split", 4000)
    assert admins.post(f"{address}/decide", split, Idempotency_Key="once").json == decided.json
    assert admins.post(f"{address}/decide", {"verdict": "pay", "reason": "No."}).status_code == 409
    assert mentees.get(path).json["refunded"] == {"amount": 4000, "currency": "usd"}


def test_a_mentee_takes_it_back(api, mia, booked, path, moment):
    moment.set(END)
    api(mia).post(f"{path}/no-show")
    assert api(mia).delete(f"{path}/no-show").status_code == 204
    assert api(mia).get(f"{path}/no-show").json["status"] == "withdrawn"
    assert api(mia).delete(f"{path}/no-show").status_code == 409


def test_a_decision_needs_a_verdict_and_a_reason(api, mia, ada, booked, path, moment):
    moment.set(END)
    api(ada.user).post(f"{path}/complete", {"outcome": "took_place"})
    api(mia).post(f"{path}/no-show")
    (report,) = api(an_admin()).get("/admin/attendance").json
    answer = api(an_admin("Berta")).post(
        f"/admin/attendance/{report['id']}/decide", {"verdict": "perhaps", "reason": " "}
    )
    assert answer.json["errors"] == {
        "verdict": ["Choose refund, pay or split."],
        "reason": ["Say why: both read it."],
    }
