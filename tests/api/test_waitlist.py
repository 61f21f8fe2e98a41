"""The waitlist through the API: joining, an offer, leaving, for its mentee alone."""

from datetime import UTC, date, datetime

import pytest

from marketplace.waitlist import service as waitlist
from tests.factories import BRIEF, a_booking, a_coach, a_person, an_offering, open_all_week, weekly_hours

TEN = datetime(2027, 3, 4, 10, tzinfo=UTC)


@pytest.fixture
def offering():
    return an_offering(open_all_week(a_coach("ada")))


@pytest.fixture
def beth():
    return a_coach("beth")


@pytest.fixture
def full(beth, stripe):
    """Beth's only hour of the week, booked by Otto."""
    weekly_hours(beth, 3, "11:00", "12:00")
    offering = an_offering(beth)
    a_booking(a_person("Otto"), offering, TEN, stripe)
    return offering


def joining(offering, **changes):
    return {
        "offering_id": str(offering.id),
        "starts_on": "2027-03-01",
        "ends_on": "2027-03-07",
        "earliest": "09:00",
        "latest": "12:00",
        "brief": BRIEF,
    } | changes


def test_an_entry_is_shown_whole_and_left(api, mia, full):
    program = api(mia)
    made = program.post("/waitlist", joining(full, weekdays=[3]))
    assert made.status_code == 201
    shown = {name: value for name, value in made.json.items() if name not in {"id", "offering_id"}}
    assert shown == {
        "coach": "beth",
        "title": "One hour of mentoring",
        "starts_on": "2027-03-01",
        "ends_on": "2027-03-07",
        "timezone": "Europe/Berlin",
        "weekdays": [3],
        "earliest": "09:00",
        "latest": "12:00",
        "status": "waiting",
        "booking_id": None,
        "pay_by": None,
        "created_at": "2027-03-01T09:00:00+00:00",
    }
    assert program.get("/waitlist").json["items"] == [made.json]
    assert program.delete(f"/waitlist/{made.json['id']}").status_code == 204
    assert program.get("/waitlist").json["items"] == []
    assert program.get(f"/waitlist/{made.json['id']}").json["status"] == "left"


def test_an_offer_says_until_when_it_stands(api, mia, beth, full):
    made = api(mia).post("/waitlist", joining(full)).json
    weekly_hours(beth, 4, "11:00", "12:00")
    waitlist.offer_freed()
    shown = api(mia).get(f"/waitlist/{made['id']}").json
    assert (shown["status"], shown["pay_by"]) == ("offered", "2027-03-01T09:20:00+00:00")
    assert api(mia).get(f"/bookings/{shown['booking_id']}").json["status"] == "held"


def test_what_is_free_already_is_named(api, mia, offering):
    answer = api(mia).post("/waitlist", joining(offering))
    assert (answer.status_code, len(answer.json["free"])) == (409, 3)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_on": "2027-02-01"}, "ends_on"),
        ({"ends_on": "2027-09-01"}, "ends_on"),
        ({"starts_on": "soon"}, "starts_on"),
        ({"earliest": "evening"}, "earliest"),
        ({"earliest": "12:00"}, "latest"),
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": [7]}, "weekdays.0"),
        ({"brief": "Hi."}, "brief"),
    ],
)
def test_what_is_wrong_is_named(api, mia, full, changes, field):
    answer = api(mia).post("/waitlist", joining(full, **changes))
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_strangers_find_nothing(api, mia, beth, full):
    entry = waitlist.join(mia, offering_id=full.id, starts_on=date(2027, 3, 1), ends_on=date(2027, 3, 7), brief=BRIEF)
    for stranger in (api(a_person("Noor")), api(beth.user)):
        assert stranger.get(f"/waitlist/{entry.id}").status_code == 404
        assert stranger.delete(f"/waitlist/{entry.id}").status_code == 404
