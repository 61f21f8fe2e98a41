"""Where people are signed in: cookies that outlived their session, lists, and what ends them."""

import pytest
from sqlalchemy import event, select

from marketplace import clock
from marketplace.accounts.sessions import queries, rules, service
from marketplace.accounts.sessions.models import UserSession
from marketplace.audit import queries as audit
from marketplace.db import db, session
from marketplace.errors import NotFound
from tests.doors import PASSWORD
from tests.factories import a_person

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"


def text_of(answer) -> str:
    return answer.get_data(as_text=True)


def is_signed_in(client) -> bool:
    return client.get("/account").status_code == 200


def copies_of(client) -> dict[str, str]:
    """The cookies of a browser, as a thief has them."""
    kept = [client.get_cookie(name) for name in ("session", "remember_token")]
    return {cookie.key: cookie.value for cookie in kept if cookie is not None}


def with_cookies(app, cookies):
    thief = app.test_client()
    for name, value in cookies.items():
        thief.set_cookie(name, value)
    return thief


def remembered(client, person, password=PASSWORD):
    client.submit("/login", {"email": person.email, "password": password, "remember": "yes"})
    return client


def test_a_copied_cookie_is_useless_after_signing_out(app, client):
    client.sign_in(a_person())
    stolen = copies_of(client)
    assert is_signed_in(with_cookies(app, stolen))
    client.submit("/logout", seen="/account")
    assert not is_signed_in(with_cookies(app, stolen))


def test_a_copied_remember_me_is_useless_after_signing_out(app, client):
    remembered(client, a_person())
    stolen = {"remember_token": copies_of(client)["remember_token"]}
    assert is_signed_in(with_cookies(app, stolen))
    client.submit("/logout", seen="/account")
    assert not is_signed_in(with_cookies(app, stolen))


def test_signing_out_of_a_remembered_browser_ends_its_row(app, client):
    person = a_person()
    remembered(client, person)
    client.delete_cookie("session")
    client.submit("/logout", seen="/account")
    assert queries.sessions_of(person.id) == []


def test_the_cookie_carries_a_secret_of_which_only_the_hash_is_kept(client):
    person = a_person()
    client.sign_in(person)
    with client.session_transaction() as kept:
        secret = kept["_user_id"]
    [row] = queries.sessions_of(person.id)
    assert secret not in {person.fs_uniquifier, str(person.id), row.digest}
    assert queries.by_secret(secret).user.id == person.id


def test_what_names_the_person_signs_nobody_in(app, client):
    person = a_person()
    client.sign_in(person)
    with client.session_transaction() as kept:
        kept["_user_id"] = person.fs_uniquifier
    assert not is_signed_in(client)


def test_every_browser_is_listed_and_one_is_signed_out(app):
    person = a_person()
    here, there = app.test_client(), app.test_client()
    here.environ_base["HTTP_USER_AGENT"] = FIREFOX
    here.sign_in(person)
    there.sign_in(person)
    page = text_of(here.get("/account/sessions"))
    assert "Firefox on Windows" in page
    assert page.count("this browser") == 1
    other = next(one for one in queries.sessions_of(person.id) if one.user_agent != FIREFOX)
    here.submit(f"/account/sessions/{other.id}/end", seen="/account/sessions")
    assert is_signed_in(here)
    assert not is_signed_in(there)


def test_everywhere_else_is_signed_out_with_one_button(browser_of):
    person = a_person()
    here, there, elsewhere = browser_of(person), browser_of(person), browser_of(person)
    answer = here.submit("/account/sessions/end-others", seen="/account/sessions", follow_redirects=True)
    assert "signed out everywhere else" in text_of(answer)
    assert [is_signed_in(each) for each in (here, there, elsewhere)] == [True, False, False]


def test_the_api_lists_and_ends_sessions(api, browser_of):
    person = a_person()
    browsers = [browser_of(person), browser_of(person)]
    mine = api(person)
    listed = mine.get("/me/sessions").json
    assert [one["place"] for one in listed] == ["127.0.0.1", "127.0.0.1"]
    assert set(listed[0]) == {"id", "browser", "user_agent", "place", "created_at", "last_seen_at"}
    assert mine.delete(f"/me/sessions/{listed[0]['id']}").status_code == 204
    assert mine.delete(f"/me/sessions/{listed[0]['id']}").status_code == 204
    assert sum(map(is_signed_in, browsers)) == 1
    assert mine.delete("/me/sessions").json == {"ended": 1}
    assert not any(map(is_signed_in, browsers))


def test_nobody_ends_a_strangers_session(client, api):
    person = a_person()
    client.sign_in(person)
    [row] = queries.sessions_of(person.id)
    assert api(a_person("Noa")).delete(f"/me/sessions/{row.id}").status_code == 404
    with pytest.raises(NotFound):
        service.end_session(a_person("Eve"), session_id=row.id)
    assert is_signed_in(client)


def test_a_page_costs_no_write_until_five_minutes_have_passed(client, moment):
    person = a_person()
    client.sign_in(person)
    first = queries.sessions_of(person.id)[0].last_seen_at
    moment.advance(minutes=4, seconds=59)
    client.get("/account")
    assert queries.sessions_of(person.id)[0].last_seen_at == first
    moment.advance(seconds=1)
    client.get("/account")
    assert queries.sessions_of(person.id)[0].last_seen_at == clock.now()


def test_who_is_signed_in_is_read_with_the_session_in_one_statement(client):
    client.sign_in(a_person())
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_):
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get("/account/sessions").status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    [known] = [each for each in statements if "JOIN users" in each]
    assert "user_sessions.digest" in known
    assert not any(each.lower().startswith(("update", "insert")) for each in statements)


def test_reading_begins_no_transaction_because_somebody_is_signed_in(client, monkeypatch):
    client.sign_in(a_person())
    begun: list[object] = []
    monkeypatch.setattr("marketplace.db._begin", begun.append)
    assert client.get("/account/sessions").status_code == 200
    assert begun == []


def test_a_browser_that_is_not_used_for_a_month_is_signed_out(client, moment):
    person = a_person()
    remembered(client, person)
    moment.advance(days=29)
    assert is_signed_in(client)
    moment.advance(days=30)
    assert not is_signed_in(client)
    assert queries.sessions_of(person.id) == []


def test_sessions_that_ended_long_ago_are_forgotten(client, moment):
    client.sign_in(a_person())
    client.submit("/logout", seen="/account")
    moment.advance(days=rules.KEPT_FOR.days - 1)
    service.forget_old_sessions()
    assert session().scalar(select(UserSession.id)) is not None
    moment.advance(days=2)
    service.forget_old_sessions()
    assert session().scalar(select(UserSession.id)) is None


def test_signing_in_and_out_is_on_record(client):
    person = a_person()
    client.sign_in(person)
    client.submit("/logout", seen="/account")
    found = [(entry.action, entry.actor_id) for entry in audit.timeline_of(person.id)]
    assert found == [("session.begun", person.id), ("session.ended", person.id)]


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.5 Safari/605.1.15", "Safari on macOS"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/126.0.0.0 Safari/537.36 Edg/126.0", "Edge on Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) CriOS/126.0 Mobile Safari/604.1", "Chrome on iPhone"),
        ("curl/8", "Unknown browser"),
    ],
)
def test_a_browser_has_the_name_that_people_know(user_agent, name):
    assert rules.browser_name(user_agent) == name
