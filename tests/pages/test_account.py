import re

import pytest
from sqlalchemy import select

from marketplace.accounts import queries
from marketplace.accounts.models import AccessToken
from marketplace.accounts.tokens import service as token_service
from marketplace.db import session
from tests.factories import a_person, an_admin


def text_of(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/account", "/account/tokens", "/change", "/change-email"])
def test_a_stranger_is_asked_to_sign_in(client, path):
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login?next=")


def test_name_and_zone_are_changed(client):
    person = a_person()
    client.sign_in(person)
    answer = client.submit("/account", {"name": " Maria ", "timezone": "Asia/Tokyo"}, follow_redirects=True)
    assert "Saved." in text_of(answer)
    session().refresh(person)
    assert (person.name, person.timezone) == ("Maria", "Asia/Tokyo")


def test_a_wrong_profile_is_explained_at_the_field_and_nothing_typed_is_lost(client):
    person = a_person()
    client.sign_in(person)
    answer = client.submit("/account", {"name": "x" * 81, "timezone": "Asia/Tokyo"})
    page = text_of(answer)
    assert answer.status_code == 422
    assert 'href="#name"' in page
    assert 'aria-invalid="true" aria-describedby="name-error' in page
    assert "x" * 81 in page
    assert 'name="timezone" value="Asia/Tokyo"' in page
    session().refresh(person)
    assert person.name == "Mia"


def test_a_token_is_shown_once(client, anonymous_api):
    client.sign_in(a_person())
    assert "You have no tokens." in text_of(client.get("/account/tokens"))
    form = {"name": "my script", "scopes": ["read", "write"], "lasts_days": "30"}
    made = client.submit("/account/tokens", form)
    token = re.search(r"fh_[\w-]{40}", text_of(made)).group()
    assert made.headers["Cache-Control"] == "no-store"
    assert anonymous_api.get("/me", Authorization=f"Bearer {token}").status_code == 200
    page = text_of(client.get("/account/tokens"))
    assert token not in page
    assert "my script" in page
    assert "May read, write" in page
    assert "last used Mon 1 Mar, 10:00 (Berlin)" in page


def test_a_wrong_token_form_keeps_what_was_typed(client):
    client.sign_in(a_person())
    answer = client.submit("/account/tokens", {"name": "ci", "lasts_days": "365"})
    assert answer.status_code == 422
    page = text_of(answer)
    assert "at least one thing" in page
    assert 'value="ci"' in page
    assert '<option value="365" selected>' in page
    assert session().scalars(select(AccessToken)).all() == []


def test_a_token_is_revoked(client):
    person = a_person()
    token, text = token_service.create_token(person, name="ci", scopes=["read"])
    client.sign_in(person)
    answer = client.submit(f"/account/tokens/{token.id}/revoke", seen="/account/tokens", follow_redirects=True)
    assert "works nowhere" in text_of(answer)
    assert queries.user_by_token(text) is None


def test_somebody_elses_token_does_not_exist(client):
    token, text = token_service.create_token(a_person("Noa"), name="ci", scopes=["read"])
    client.sign_in(a_person())
    answer = client.submit(f"/account/tokens/{token.id}/revoke", seen="/account/tokens")
    assert answer.status_code == 404
    assert queries.user_by_token(text) is not None


def test_only_admins_are_offered_the_scope_of_admins(browser_of):
    assert 'value="admin"' not in text_of(browser_of(a_person()).get("/account/tokens"))
    assert 'value="admin"' in text_of(browser_of(an_admin()).get("/account/tokens"))
