"""Changing accounts on the page, through the API and at the command line."""

import pytest

from marketplace.account_changes.queries import changes as queries
from marketplace.cli import deactivate, reactivate, remove_admin
from tests.authentication.reading import text_of
from tests.factories import a_hold, a_person, an_admin
from tests.scenes import TEN

WHY = "Left the company."


def test_on_the_page_a_second_admin_agrees(browser_of):
    alma, bo, cem = an_admin("Alma"), an_admin("Bo"), an_admin("Cem")
    page = f"/admin/people/{cem.id}"
    hers, his = browser_of(alma), browser_of(bo)
    form = {"kind": "remove_admin", "reason": WHY}
    assert "proposes to remove the admin role" not in text_of(his.get("/admin"))
    answer = hers.submit(f"{page}/changes", form, seen=page, follow_redirects=True)
    assert "Another admin has to agree" in text_of(answer)
    [change] = queries.open_changes(alma)
    assert f"{page}/changes/{change.id}/confirm" not in text_of(hers.get(page))
    assert "proposes to remove the admin role" in text_of(his.get("/admin"))
    assert "proposes to remove the admin role" not in text_of(hers.get("/admin"))
    own = hers.submit(f"{page}/changes/{change.id}/confirm", seen=page)
    assert own.status_code == 409
    assert "you proposed it" in text_of(own)
    assert "Cem" in text_of(his.get("/admin/people"))
    answer = his.submit(f"{page}/changes/{change.id}/confirm", seen=page, follow_redirects=True)
    assert "Done." in text_of(answer)
    assert "proposes to remove the admin role" not in text_of(his.get("/admin"))
    assert not cem.is_admin


def test_the_page_says_why_somebody_is_not_deactivated_and_keeps_what_was_typed(browser_of, mia, offering):
    a_hold(mia, offering, TEN)
    page = f"/admin/people/{mia.id}"
    answer = browser_of(an_admin()).submit(f"{page}/changes", {"kind": "deactivate", "reason": WHY}, seen=page)
    assert answer.status_code == 409
    assert "1 session to come" in text_of(answer)
    assert WHY in text_of(answer)
    wrong = browser_of(an_admin()).submit(f"{page}/changes", {"kind": "crown", "reason": ""}, seen=page)
    assert wrong.status_code == 422


def test_a_change_is_withdrawn_on_the_page(browser_of):
    alma, cem = an_admin("Alma"), an_admin("Cem")
    page = f"/admin/people/{cem.id}"
    browser = browser_of(alma)
    browser.submit(f"{page}/changes", {"kind": "remove_admin", "reason": WHY}, seen=page)
    [change] = queries.open_changes(alma)
    browser.submit(f"{page}/changes/{change.id}/withdraw", seen=page)
    assert queries.open_changes(alma) == []


@pytest.mark.parametrize("path", ["/admin/people", "/admin/people/{id}"])
def test_the_pages_do_not_exist_for_others(client, path):
    person = a_person()
    client.sign_in(person)
    assert client.get(path.format(id=person.id)).status_code == 404


def test_the_api_finds_proposes_confirms_and_withdraws(api):
    alma, bo, cem, mia = an_admin("Alma"), an_admin("Bo"), an_admin("Cem"), a_person()
    hers, his = api(alma), api(bo)
    assert {one["email"] for one in hers.get("/admin/people").json["items"]} == {alma.email, bo.email, cem.email}
    found = hers.get(f"/admin/people?email={mia.email.upper()}").json["items"]
    assert [(one["id"], one["active"], one["roles"]) for one in found] == [(str(mia.id), True, [])]
    assert hers.get("/admin/people?email=nobody").json == {"items": []}
    made = hers.post(f"/admin/people/{mia.id}/changes", {"kind": "deactivate", "reason": WHY})
    assert made.status_code == 201
    assert made.json["made_at"] is not None
    assert hers.get(f"/admin/people/{mia.id}").json["active"] is False
    asked = hers.post(f"/admin/people/{cem.id}/changes", {"kind": "remove_admin", "reason": WHY}).json
    assert his.get("/admin/account-changes").json["items"] == [asked]
    assert hers.post(f"/admin/account-changes/{asked['id']}/confirm").status_code == 403
    assert his.post(f"/admin/account-changes/{asked['id']}/confirm").json["confirmed_by"] == str(bo.id)
    assert his.post(f"/admin/account-changes/{asked['id']}/withdraw").status_code == 409
    assert [one["id"] for one in hers.get(f"/admin/people/{cem.id}/changes").json["items"]] == [asked["id"]]


@pytest.mark.parametrize("who", ["a mentee", "nobody"])
def test_the_api_is_for_admins(api, anonymous_api, who):
    caller, status = (api(a_person()), 404) if who == "a mentee" else (anonymous_api, 401)
    assert caller.get("/admin/people").status_code == status
    assert (
        caller.post(f"/admin/people/{an_admin().id}/changes", {"kind": "deactivate", "reason": WHY}).status_code
        == status
    )


def test_the_operator_does_it_by_hand(app):
    alma, bo = an_admin("Alma"), an_admin("Bo")
    run = app.test_cli_runner()
    assert "no admin any more" in run.invoke(remove_admin, [bo.email]).output
    refused = run.invoke(remove_admin, [alma.email])
    assert refused.exit_code == 1
    assert "only active admin" in refused.output
    assert "is deactivated" in run.invoke(deactivate, [bo.email, "--reason", WHY]).output
    assert "may sign in again" in run.invoke(reactivate, [bo.email]).output
    assert "Nobody has the address" in run.invoke(deactivate, ["nobody@example.com"]).output
