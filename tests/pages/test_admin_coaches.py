"""Vetting on the pages."""

from collections.abc import Callable
from typing import Any

import pytest

from marketplace.accounts.models import User
from marketplace.coaches.service import profiles
from tests.doors import PageClient
from tests.factories import a_coach, a_person, an_admin, an_offering

BrowserOf = Callable[[User], PageClient]


def words(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def test_the_queue_shows_who_waits_and_the_other_states_by_link(browser_of: BrowserOf) -> None:
    a_coach("ada")
    a_coach("bea", status="applied")
    browser = browser_of(an_admin())
    queue = words(browser.get("/admin/coaches"))
    assert "@bea" in queue
    assert "@ada" not in queue
    assert "@ada" in words(browser.get("/admin/coaches?status=approved"))
    assert "@bea" in words(browser.get("/admin/coaches?status=nonsense"))
    assert "Nobody is in this state." in words(browser.get("/admin/coaches?status=rejected"))


def test_an_empty_queue_says_so(browser_of: BrowserOf) -> None:
    assert "Nothing to do." in words(browser_of(an_admin()).get("/admin/coaches"))


def test_the_detail_shows_what_a_decision_needs_and_nothing_runs(browser_of: BrowserOf) -> None:
    coach = a_coach(status="applied", kinds=["therapist"], licence="Berlin 1234", about="<script>alert(1)</script>")
    an_offering(coach)
    page = words(browser_of(an_admin()).get(f"/admin/coaches/{coach.id}"))
    for shown in ("Berlin 1234", "Therapist", "Approve Ada", "120.00 USD", "Nothing has been written down yet."):
        assert shown in page
    assert "<script>alert" not in page


def test_an_admin_approves(browser_of: BrowserOf) -> None:
    coach = a_coach(status="applied")
    browser = browser_of(an_admin("Alma"))
    path = f"/admin/coaches/{coach.id}"
    assert browser.submit(f"{path}/approve", seen=path).location == "/admin/coaches"
    assert coach.status == "approved"
    assert "Ada is approved and has been told." in words(browser.get("/admin/coaches"))
    page = words(browser.get(path))
    assert "Approved a coach</strong>" in page
    assert "Alma, " in page


@pytest.mark.parametrize(
    ("before", "deed", "after"), [("applied", "reject", "rejected"), ("approved", "suspend", "suspended")]
)
def test_an_admin_refuses_with_a_reason(browser_of: BrowserOf, before: str, deed: str, after: str) -> None:
    coach = a_coach(status=before)
    browser = browser_of(an_admin())
    path = f"/admin/coaches/{coach.id}"
    without = browser.submit(f"{path}/{deed}", {"reason": " "}, seen=path)
    assert without.status_code == 422
    assert 'href="#reason"' in words(without)
    assert coach.status == before
    assert browser.submit(f"{path}/{deed}", {"reason": "Two <b>complaints</b>."}, seen=path).status_code == 302
    assert (coach.status, coach.decision_reason) == (after, "Two <b>complaints</b>.")
    page = words(browser.get(path))
    assert "Two &lt;b&gt;complaints&lt;/b&gt;." in page
    assert "Approve Ada" in page or "Let Ada back in" in page


def test_two_admins_deciding_at_once_do_not_undo_each_other(browser_of: BrowserOf) -> None:
    coach, alma, amir = a_coach(status="applied"), an_admin("Alma"), an_admin("Amir")
    browser = browser_of(amir)
    path = f"/admin/coaches/{coach.id}"
    profiles.approve(alma, coach_id=coach.id)
    late = browser.submit(f"{path}/reject", {"reason": "Too short."}, seen=path)
    assert late.status_code == 409
    assert "Somebody has decided on this coach in the meantime." in words(late)
    assert "Too short." in words(late)
    assert browser.submit(f"{path}/approve", seen=path).status_code == 409
    assert coach.status == "approved"


@pytest.mark.parametrize("who", ["its applicant", "a mentee", "nobody"])
@pytest.mark.parametrize("deed", ["", "/approve", "/reject", "/suspend"])
def test_vetting_is_for_admins(client: PageClient, browser_of: BrowserOf, who: str, deed: str) -> None:
    coach = a_coach(status="applied")
    path = f"/admin/coaches/{coach.id}{deed}"
    if who == "nobody":
        answer = client.submit(path, {"reason": "No."}, seen="/login") if deed else client.get(path)
        assert answer.status_code == 302
        assert "/login" in answer.location
    else:
        browser = browser_of(coach.user if who == "its applicant" else a_person())
        answer = browser.submit(path, {"reason": "No."}, seen="/account") if deed else browser.get(path)
        assert answer.status_code == 404
        assert browser.get("/admin/coaches").status_code == 404
    assert coach.status == "applied"


def test_there_is_no_page_about_nobody(browser_of: BrowserOf) -> None:
    assert browser_of(an_admin()).get("/admin/coaches/00000000-0000-7000-8000-000000000000").status_code == 404
