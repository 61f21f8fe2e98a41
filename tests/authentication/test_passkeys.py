"""Passkeys: added and removed, signed in with instead of the password, after it, and to step up."""

import re

import pytest

from marketplace.accounts.models import User
from marketplace.accounts.passkeys import queries, rules
from marketplace.audit import queries as audit
from marketplace.db import session
from tests.authentication.keys import PRESENT, Key, add, ask, data, is_in, sign_in, text
from tests.doors import PASSWORD
from tests.factories import a_person, an_admin
from tests.settings import change


def text_of(answer):
    return answer.get_data(as_text=True)


@pytest.fixture
def noor():
    return a_person("Noor")


@pytest.fixture
def key(noor, browser_of):
    """A key that she has added."""
    key = Key()
    assert add(browser_of(noor), key).status_code == 303
    return key


def actions(person):
    return [entry.action for entry in audit.timeline_of(person.id)]


def is_refused(answer, browser):
    assert answer.status_code == 302
    assert "This passkey does not sign you in here" in text_of(browser.get("/login"))
    return not is_in(browser)


def test_a_passkey_signs_in_without_the_password(client, key, noor):
    assert sign_in(client, key, next="/account/passkeys").headers["Location"] == "/account/passkeys"
    page = text_of(client.get("/account/passkeys"))
    assert "last used" in page
    assert "Key" in page
    assert {"passkey.added", "session.begun"} <= set(actions(noor))


def test_a_passkey_that_counts_nothing_signs_in_again_and_again(client, app, noor, browser_of):
    key = Key(counts=False)
    add(browser_of(noor), key)
    for browser in (client, app.test_client()):
        sign_in(browser, key)
        assert is_in(browser)


def test_what_another_site_has_had_signed_signs_nobody_in(client, key):
    key.origin = "http://localhost.attacker.example"
    assert is_refused(sign_in(client, key), client)


def test_a_key_of_another_site_is_not_added(noor, browser_of):
    browser = browser_of(noor)
    refused = add(browser, Key(origin="https://attacker.example"))
    assert refused.status_code == 409
    assert "did not make a passkey for this site" in text_of(refused)
    assert queries.passkeys_of(noor.id) == []


def test_an_answer_is_taken_once(client, noor, browser_of):
    key = Key(counts=False)
    add(browser_of(noor), key)
    signed = key.sign(ask(client, "/passkeys/sign-in/options"))
    kept = client.get_cookie("session").value
    client.submit("/passkeys/sign-in", {"credential": signed}, seen="/login")
    assert is_in(client)
    client.submit("/logout", seen="/account")
    again = client.submit("/passkeys/sign-in", {"credential": signed}, seen="/login")
    assert is_refused(again, client)
    # Whoever kept the cookie in which the challenge stood gets no further with it.
    client.set_cookie("session", kept)
    assert is_refused(client.submit("/passkeys/sign-in", {"credential": signed}, seen="/login"), client)


def test_a_challenge_waits_five_minutes(client, key, moment):
    options = ask(client, "/passkeys/sign-in/options")
    moment.advance(seconds=rules.CHALLENGE_GOOD_FOR.total_seconds() + 1)
    late = client.submit("/passkeys/sign-in", {"credential": key.sign(options)}, seen="/login")
    assert is_refused(late, client)


def test_a_challenge_of_another_browser_is_not_taken(app, client, key):
    signed = key.sign(ask(app.test_client(), "/passkeys/sign-in/options"))
    ask(client, "/passkeys/sign-in/options")
    assert is_refused(client.submit("/passkeys/sign-in", {"credential": signed}, seen="/login"), client)


def test_a_copy_of_a_passkey_is_refused_and_its_owner_told(app, client, key, noor, mailbox, run_jobs):
    sign_in(client, key)
    key.count -= 1
    thief = app.test_client()
    assert is_refused(sign_in(thief, key), thief)
    run_jobs()
    assert "A passkey was refused" in {mail["Subject"] for mail in mailbox.to(noor.email)}
    assert {"passkey.copied", "sign_in.failed"} <= set(actions(noor))


def test_a_passkey_that_did_not_see_its_owner_is_refused(client, key):
    key.flags = PRESENT
    assert is_refused(sign_in(client, key), client)


def test_another_key_with_the_same_name_is_refused(client, key):
    forged = Key(credential_id=key.credential_id, handle=key.handle)
    assert is_refused(sign_in(client, forged), client)


def test_a_passkey_names_its_own_person_alone(client, key):
    key.handle = a_person("Zoe").id.bytes
    assert is_refused(sign_in(client, key), client)


def test_a_removed_passkey_signs_nobody_in(client, key, noor, browser_of, mailbox, run_jobs):
    browser = browser_of(noor)
    (kept,) = queries.passkeys_of(noor.id)
    page = text_of(browser.submit(f"/account/passkeys/{kept.id}/remove", seen="/account", follow_redirects=True))
    assert "is removed" in page
    assert is_refused(sign_in(client, key), client)
    run_jobs()
    assert {"A passkey was added", "A passkey was removed"} <= {mail["Subject"] for mail in mailbox.to(noor.email)}
    assert {"passkey.added", "passkey.removed"} <= set(actions(noor))


def test_nobody_removes_the_passkey_of_another(key, noor, browser_of):
    (kept,) = queries.passkeys_of(noor.id)
    stranger = browser_of(a_person("Zoe"))
    assert stranger.submit(f"/account/passkeys/{kept.id}/remove", seen="/account").status_code == 404
    assert len(queries.passkeys_of(noor.id)) == 1


def test_a_person_whose_address_is_not_confirmed_is_not_let_in(client, key, noor):
    session().get(User, noor.id).confirmed_at = None
    sign_in(client, key)
    assert "Confirm your address first" in text_of(client.get("/login"))
    assert not is_in(client)


def test_a_deactivated_person_is_not_let_in(client, key, noor):
    session().get(User, noor.id).active = False
    sign_in(client, key)
    assert "This account is deactivated" in text_of(client.get("/login"))
    assert not is_in(client)


@pytest.mark.parametrize(
    "answer",
    ["", "null", "{}", "[1]", "[" * 100, '{"id":1,"rawId":"a","type":"public-key","response":{}}', "\ud7ff"],
)
def test_what_is_no_passkey_is_refused_in_words(client, answer):
    ask(client, "/passkeys/sign-in/options")
    assert is_refused(client.submit("/passkeys/sign-in", {"credential": answer}, seen="/login"), client)


def test_damaged_data_of_an_authenticator_is_refused_in_words(noor, browser_of):
    browser = browser_of(noor)
    for damaged in (b"", b"\xa0", b"\xff" * 50, bytes(200)):
        made = re.sub(
            r'"attestationObject": "[^"]*"',
            f'"attestationObject": "{text(damaged)}"',
            Key().make(ask(browser, "/account/passkeys/options", "/account")),
        )
        answer = browser.submit("/account/passkeys", {"name": "Odd", "credential": made}, seen="/account")
        assert answer.status_code == 409


def test_a_name_is_given_once_and_a_key_is_of_one_person(key, noor, browser_of):
    browser = browser_of(noor)
    assert "You have a passkey of this name" in text_of(add(browser, Key()))
    assert "Give it a name" in text_of(add(browser, Key(), name=" "))
    other = browser_of(a_person("Zoe"))
    taken = add(other, Key(credential_id=key.credential_id))
    assert taken.status_code == 409
    assert "registered already" in text_of(taken)


def test_a_person_has_so_many_passkeys_and_no_more(monkeypatch, key, noor, browser_of):
    monkeypatch.setattr(rules, "MOST", 1)
    assert "You have 1 passkeys" in text_of(add(browser_of(noor), Key(), name="Another"))


def test_making_one_takes_a_fresh_password(noor, browser_of, moment):
    browser = browser_of(noor)
    moment.advance(minutes=31)
    assert "Your password, once more" in text_of(browser.get("/account/passkeys/new"))
    kept = add(browser, Key())
    assert kept.status_code == 403
    assert queries.passkeys_of(noor.id) == []


def test_a_passkey_steps_up_and_keeps_what_was_typed(key, noor, browser_of, moment):
    browser = browser_of(noor)
    moment.advance(minutes=31)
    asked = text_of(browser.submit("/account/tokens", {"name": "script", "scopes": "read", "days": "30"}))
    assert "Use a passkey" in asked
    assert 'name="name" value="script"' in asked
    signed = key.sign(ask(browser, "/passkeys/step-up/options", "/account"))
    made = browser.submit(
        "/account/tokens", {"name": "script", "scopes": "read", "days": "30", "step_up_passkey": signed}
    )
    assert "script" in text_of(made)
    assert made.status_code < 400
    assert browser.get("/account/passkeys/new").status_code == 200


def test_the_passkey_of_another_steps_nobody_up(key, browser_of, moment):
    browser = browser_of(a_person("Zoe"))
    moment.advance(minutes=31)
    options = ask(browser, "/passkeys/step-up/options", "/account")
    assert options["allowCredentials"] == []
    asked = browser.submit("/verify", {"next": "/account", "step_up_passkey": key.sign(options)})
    assert "This passkey does not sign you in here" in text_of(asked)
    assert browser.get("/account/passkeys/new").status_code == 403


def test_a_signature_for_signing_in_steps_nobody_up(key, noor, browser_of, moment):
    browser = browser_of(noor)
    moment.advance(minutes=31)
    ask(browser, "/passkeys/step-up/options", "/account")
    signed = key.sign(ask(browser, "/passkeys/sign-in/options", "/account"))
    asked = browser.submit("/verify", {"next": "/account", "step_up_passkey": signed})
    assert "This passkey does not sign you in here" in text_of(asked)


def test_who_wants_it_is_asked_for_a_passkey_after_the_password(app, client, key, noor, browser_of):
    browser_of(noor).submit("/account/passkeys/after-password", {"wanted": "yes"}, seen="/account")
    typed = {"email": noor.email, "password": PASSWORD}
    assert client.submit("/login", typed).headers["Location"].startswith("/passkeys/second")
    assert not is_in(client)
    assert client.get("/tf-validate").headers["Location"].startswith("/passkeys/second")
    options = ask(client, "/passkeys/second/options", "/passkeys/second")
    assert [data(one["id"]) for one in options["allowCredentials"]] == [key.credential_id]
    stranger = Key()
    add(browser_of(a_person("Zoe")), stranger)
    client.submit("/passkeys/second", {"credential": stranger.sign(options)})
    assert not is_in(client)
    options = ask(client, "/passkeys/second/options", "/passkeys/second")
    client.submit("/passkeys/second", {"credential": key.sign(options)})
    assert is_in(client)
    browser_of_key = app.test_client()
    sign_in(browser_of_key, key)
    browser_of_key.submit("/account/passkeys/after-password", {"wanted": "no"}, seen="/account")
    another = app.test_client()
    another.sign_in(noor)
    assert is_in(another)


def test_no_passkey_is_asked_after_a_password_where_there_is_none(noor, browser_of):
    answer = browser_of(noor).submit("/account/passkeys/after-password", {"wanted": "yes"}, seen="/account")
    assert answer.status_code == 404


def test_nobody_is_half_signed_in_without_the_password(client):
    assert client.get("/passkeys/second").headers["Location"] == "/login"
    assert client.post("/passkeys/second/options", data={}).status_code in {302, 400, 403}


@pytest.fixture
def required(app):
    change(admin_second_factor="required")


def test_an_admin_enrols_with_a_passkey_and_signs_in_with_it_alone(required, app, browser_of):
    person = an_admin("Bert")
    key, browser = Key(), browser_of(person)
    assert browser.get("/admin").status_code == 303
    assert add(browser, key).headers["Location"] == "/account/second-factor"
    assert "Recovery codes" in text_of(browser.get("/account/second-factor", follow_redirects=True))
    assert browser.get("/admin").status_code == 200
    alone = app.test_client()
    sign_in(alone, key)
    assert alone.get("/admin").status_code == 200
    by_password = app.test_client()
    answer = by_password.submit("/login", {"email": person.email, "password": PASSWORD})
    assert answer.headers["Location"].startswith("/passkeys/second")


def test_an_admin_keeps_a_last_factor_where_one_is_needed(required, browser_of):
    person = an_admin("Bert")
    browser = browser_of(person)
    add(browser, Key())
    (only,) = queries.passkeys_of(person.id)
    remove = f"/account/passkeys/{only.id}/remove"
    refused = browser.submit(remove, seen="/account", follow_redirects=True)
    assert "This is your last second factor" in text_of(refused)
    add(browser, Key(), name="Spare")
    assert "is removed" in text_of(browser.submit(remove, seen="/account", follow_redirects=True))
    assert len(queries.passkeys_of(person.id)) == 1


def test_where_no_factor_is_needed_an_admin_removes_the_last(browser_of):
    change(admin_second_factor="optional")
    person = an_admin("Bert")
    browser = browser_of(person)
    add(browser, Key())
    (only,) = queries.passkeys_of(person.id)
    browser.submit(f"/account/passkeys/{only.id}/remove", seen="/account")
    assert queries.passkeys_of(person.id) == []


def test_a_site_at_a_bare_address_offers_none(noor, browser_of):
    change(public_url="http://127.0.0.1:8000")
    page = text_of(browser_of(noor).get("/account/passkeys"))
    assert "bare IP address" in page
    assert "Add a passkey" not in page


def test_the_site_is_what_operators_say_and_not_what_a_request_says(client, key):
    options = client.post(
        "/passkeys/sign-in/options",
        data={"csrf_token": re.search(r'csrf_token" value="([^"]+)', text_of(client.get("/login"))).group(1)},
        headers={"X-Forwarded-Host": "attacker.example"},
    ).get_json()
    assert options["rpId"] == "localhost"
    assert options["userVerification"] == "required"
