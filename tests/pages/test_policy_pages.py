"""Policies on the pages: admins make and change them, coaches choose one, mentees see it before they pay."""

from datetime import UTC, datetime

import pytest

from marketplace.bookings.holds import queries as hold_queries
from marketplace.coaches import queries as coaches
from marketplace.coaches.service import offerings
from marketplace.policies import queries, service
from tests.factories import BRIEF, a_person, an_offering
from tests.pages.reading import read

TEN = datetime(2027, 3, 4, 10, tzinfo=UTC)
SAID = {"tiers": [(48, 100), (24, 25)], "grace_minutes": 30, "reschedules": 2, "reschedule_hours": 12}
TYPED = {
    "name": "Strict",
    "hours": ["48", "24", "", ""],
    "percent": ["100", "25", "", ""],
    "grace_minutes": "30",
    "reschedules": "2",
    "reschedule_hours": "12",
}
LINE = {
    "title": "One hour",
    "kind": "mentor",
    "minutes": "60",
    "price": "120.00",
    "notice_hours": "12",
    "horizon_days": "60",
    "buffer_before_minutes": "0",
    "buffer_after_minutes": "0",
}


@pytest.fixture
def strict(alma):
    return service.create(alma, name="Strict", **SAID)


def test_an_admin_makes_one_and_reads_it_back(alma, browser_of):
    browser = browser_of(alma)
    assert "Standard" in read(browser.get("/admin/policies")).text
    made = browser.submit("/admin/policies/new", TYPED)
    assert made.status_code == 303
    page = read(browser.get(made.location))
    assert "Between 48 and 24 hours before: 25 % is refunded." in page.text
    assert "Strict is made. Coaches can choose it now." in page.text
    assert [said.policy.name for said in queries.choosable()] == ["Standard", "Strict"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "standard"}, "There is a policy of this name already."),
        ({"name": ""}, "Give it a name."),
        ({"percent": ["99", "25", "", ""]}, "Begin with the hours until which everything"),
        ({"percent": ["100", "much", "", ""]}, "Write whole numbers, and both of each step."),
        ({"percent": ["100", "", "", ""]}, "Write whole numbers, and both of each step."),
        ({"hours": ["", "", "", ""], "percent": ["", "", "", ""]}, "Begin with the hours until which everything"),
        ({"grace_minutes": "-1"}, "Write a number of minutes from 0 to 1440."),
        ({"reschedules": ""}, "Fill this in."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(alma, browser_of, changes, words):
    answer = browser_of(alma).submit("/admin/policies/new", TYPED | changes)
    assert answer.status_code == 422
    assert words in answer.text.replace("&#39;", "'")
    assert 'value="12"' in answer.text
    for hours in (TYPED | changes)["hours"]:
        assert f'value="{hours}"' in answer.text
    assert len(queries.listed()) == 1


def test_a_new_version_is_asked_for_after_the_one_that_was_seen(alma, strict, browser_of):
    browser, address = browser_of(alma), f"/admin/policies/{strict.policy_id}"
    hidden = read(browser.get(address)).hidden
    wanted = TYPED | {"after_version": hidden["after_version"], "grace_minutes": "5"}
    assert browser.submit(address, wanted).status_code == 303
    late = browser.submit(address, wanted | {"grace_minutes": "9"})
    assert late.status_code == 409
    assert "Somebody has made another version in the meantime." in late.text
    assert 'value="9"' in late.text
    assert [said.grace_minutes for said in queries.versions_of(strict.policy_id)] == [5, 30]


def test_retiring_one(alma, strict, browser_of):
    browser, address = browser_of(alma), f"/admin/policies/{strict.policy_id}"
    assert "Retire this policy" in read(browser.get(address)).buttons
    assert browser.submit(f"{address}/retire", seen=address).status_code == 303
    page = read(browser.get(address))
    assert "Nobody can choose it since" in page.text
    assert "Sell under this from now on" not in page.buttons
    house = f"/admin/policies/{queries.current(None).policy_id}"
    assert "Retire this policy" not in read(browser.get(house)).buttons
    browser.submit(f"{house}/retire", seen=house)
    assert "cannot be retired" in read(browser.get(house)).text


def test_nobody_else_sees_or_changes_them(strict, offering, browser_of):
    browser = browser_of(offering.coach.user)
    for path in ("/admin/policies", "/admin/policies/new", f"/admin/policies/{strict.policy_id}"):
        assert browser.get(path).status_code == 404
    assert browser.submit("/admin/policies/new", TYPED, seen="/account").status_code == 404
    assert len(queries.listed()) == 2


def test_a_coach_chooses_one_for_an_offering(ada, strict, offering, browser_of):
    browser, address = browser_of(ada.user), f"/dashboard/offerings/{offering.id}"
    assert "Strict: everything until 48 hours before; 25 % until 24 hours before" in browser.get(address).text
    assert browser.submit(address, LINE | {"policy_id": str(strict.policy_id)}).status_code == 302
    assert coaches.own_offering(ada.user, offering.id).policy_id == strict.policy_id
    assert f'value="{strict.policy_id}" selected' in browser.get(address).text
    wrong = browser.submit(address, LINE | {"policy_id": str(strict.id)})
    assert wrong.status_code == 422
    assert "Choose one of the policies that are offered." in wrong.text
    assert browser.submit(address, LINE | {"policy_id": ""}).status_code == 302
    assert coaches.own_offering(ada.user, offering.id).policy_id is None


def test_a_retired_one_stays_choosable_for_who_has_it(alma, strict, offering, browser_of):
    offerings.edit_offering(offering.coach.user, offering_id=offering.id, policy_id=strict.policy_id)
    service.retire(alma, policy_id=strict.policy_id)
    browser, address = browser_of(offering.coach.user), f"/dashboard/offerings/{offering.id}"
    assert f'value="{strict.policy_id}" selected' in browser.get(address).text
    assert browser.submit(address, LINE | {"policy_id": str(strict.policy_id)}).status_code == 302
    assert str(strict.policy_id) not in browser.get("/dashboard/offerings/new?template=blank").text


def test_without_another_policy_there_is_nothing_to_choose(offering, browser_of):
    form = read(browser_of(offering.coach.user).get("/dashboard/offerings/new?template=blank"))
    assert "title" in form.fields
    assert "policy_id" not in form.fields


def test_a_rate_card_says_when_everything_comes_back(strict, offering, client):
    ada = offering.coach
    assert "Cancel 24 hours or more before: everything is refunded" in client.get("/@ada").text
    offerings.edit_offering(ada.user, offering_id=offering.id, policy_id=strict.policy_id)
    assert "Cancel 48 hours or more before: everything is refunded" in client.get("/@ada").text
    an_offering(ada, title="Half an hour")
    page = client.get("/@ada").text
    assert "Cancel 48 hours ahead and everything is refunded." in page
    assert "Cancel 24 hours ahead and everything is refunded." in page


def test_what_was_shown_is_what_is_held(alma, strict, offering, browser_of):
    offerings.edit_offering(offering.coach.user, offering_id=offering.id, policy_id=strict.policy_id)
    mia = a_person()
    browser, address = browser_of(mia), f"/book/{offering.id}"
    seen = f"{address}?starts_at=2027-03-04T10:00:00Z"
    page = read(browser.get(seen))
    assert "Policy “Strict”, version 1" in page.text
    service.revise(alma, policy_id=strict.policy_id, after_version=1, **SAID | {"tiers": [(1, 100)]})
    wanted = {"starts_at": TEN.isoformat(), "brief": BRIEF}
    refused = browser.submit(address, wanted | {"policy_version": page.hidden["policy_version"]}, seen=seen)
    assert refused.status_code == 409
    again = read(refused)
    assert "The rules of cancelling have changed since they were shown to you." in again.text
    assert "Cancel 1 hour or more before: everything is refunded" in again.text
    assert BRIEF in again.text
    held = browser.submit(address, wanted | {"policy_version": again.hidden["policy_version"]}, seen=seen)
    assert held.status_code == 302
    booking = hold_queries.own_claim(mia, offering.id, TEN)
    assert booking.terms.label == "Strict, version 2"
    assert "Policy “Strict”, version 2" in browser.get(held.location).text
