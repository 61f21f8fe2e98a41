"""Admins need a second factor: without one no admin page answers, and a password alone opens none."""

import re
from dataclasses import replace

import pytest
from flask import current_app
from passlib.totp import TOTP

from marketplace import config
from marketplace.accounts.models import User
from marketplace.audit import queries as audit
from marketplace.db import session
from tests.authentication.keys import Key, add, ask
from tests.doors import PASSWORD
from tests.factories import a_booking, an_admin
from tests.scenes import TEN


def text_of(answer):
    return answer.get_data(as_text=True)


@pytest.fixture(autouse=True)
def required(app):
    """As in production."""
    settings = replace(config.current(), admin_second_factor="required")
    app.extensions["settings"] = settings
    config.use(settings)


class Phone:
    """An authenticator app: it was shown a key, and shows codes."""

    def __init__(self, page, moment):
        self._totp = TOTP(key=re.search(r'id="authenticator-key">([^<]+)<', page).group(1), format="base32")
        self._moment = moment

    def code(self):
        """The next one: those before were typed already."""
        self._moment.advance(seconds=30)
        return self._totp.generate(time=self._moment.now).token


def set_up(browser, moment):
    """Go the whole way that an admin is led; the phone with the key."""
    page = text_of(browser.submit("/tf-setup", {"setup": "authenticator"}))
    phone = Phone(page, moment)
    action = re.search(r'action="(/tf-setup/[^"]+)"', page).group(1)
    done = browser.submit(action, {"code": phone.code()}, seen="/tf-setup", follow_redirects=True)
    assert "Recovery codes" in text_of(done)
    return phone


@pytest.fixture
def browser(alma, browser_of):
    return browser_of(alma)


@pytest.fixture
def phone(browser, moment):
    return set_up(browser, moment)


def sign_in(client, person):
    return client.submit("/login", {"email": person.email, "password": PASSWORD, "remember": "y"})


def test_an_admin_without_a_factor_is_led_to_set_one_up_before_any_admin_page(app, browser):
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/admin") and "GET" in rule.methods and not rule.arguments:
            assert browser.get(rule.rule).headers["Location"] == "/account/second-factor?needed=yes", rule.rule
    assert "Admins need a second factor" in text_of(browser.get("/account/second-factor?needed=yes"))
    assert 'value="admin"' not in text_of(browser.get("/account/tokens"))
    assert "/admin" not in text_of(browser.get("/account"))


def test_an_admin_without_a_factor_sees_nothing_of_others(browser, stripe, offering, mia):
    booking = a_booking(mia, offering, TEN, stripe)
    assert browser.get(f"/sessions/{booking.id}").status_code == 404


def test_once_it_is_set_up_the_admin_pages_open(browser, phone, alma):
    assert browser.get("/admin").status_code == 200
    assert "factor.set_up" in [entry.action for entry in audit.timeline_of(alma.id)]


def test_signing_in_takes_password_and_code(client, phone, alma):
    answer = sign_in(client, alma)
    assert answer.headers["Location"].startswith("/tf-validate")
    assert client.get("/account").headers["Location"].startswith("/login")
    assert "This code is not right" in text_of(client.submit("/tf-validate", {"code": "000000"}))
    client.submit("/tf-validate", {"code": phone.code()})
    assert client.get("/admin").status_code == 200


def test_a_code_is_good_once(app, client, phone, alma):
    code = phone.code()
    sign_in(client, alma)
    client.submit("/tf-validate", {"code": code})
    assert client.get("/admin").status_code == 200
    another = app.test_client()
    sign_in(another, alma)
    assert "This code is not right" in text_of(another.submit("/tf-validate", {"code": code}))


def test_a_remembered_browser_types_password_and_code_before_an_admin_page(client, phone, alma):
    sign_in(client, alma)
    client.submit("/tf-validate", {"code": phone.code()})
    client.delete_cookie("session")
    assert client.get("/account").status_code == 200
    asked = text_of(client.get("/admin"))
    assert 'name="step_up_password"' in asked
    assert 'name="step_up_code"' in asked
    typed = {"step_up_password": PASSWORD, "next": "/admin"}
    assert "This code is not right" in text_of(client.submit("/verify", typed | {"step_up_code": "123456"}))
    assert client.submit("/verify", typed | {"step_up_code": phone.code()}).headers["Location"] == "/admin"
    assert client.get("/admin").status_code == 200


def test_a_recovery_code_signs_in_once_and_is_told(app, client, browser, phone, alma, mailbox, run_jobs):
    made = text_of(browser.submit("/mf-recovery-codes", {"generate_new_codes": "1"}))
    codes = re.findall(r"<code>([0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4})</code>", made)
    assert len(codes) == 8
    session().expire_all()
    assert not set(codes) & set(session().get(User, alma.id).mf_recovery_codes)
    for browser_, works in ((client, True), (app.test_client(), False)):
        sign_in(browser_, alma)
        browser_.submit("/mf-recovery", {"code": codes[0]})
        assert (browser_.get("/admin").status_code == 200) is works
    run_jobs()
    told = {mail["Subject"] for mail in mailbox.to(alma.email)}
    assert {"An authenticator was set up", "New recovery codes were made"} <= told


def test_a_factor_is_changed_and_removed_with_a_fresh_password_only(browser, phone, moment, alma, mailbox, run_jobs):
    moment.advance(minutes=31)
    for form in ({"setup": "disable"}, {"setup": "authenticator"}):
        assert "Your password, once more" in text_of(browser.submit("/tf-setup", form, seen="/account"))
    assert "Your password, once more" in text_of(browser.submit("/mf-recovery-codes", {}, seen="/account"))
    browser.submit("/verify", {"step_up_password": PASSWORD, "next": "/account"})
    add(browser, Key())
    browser.submit("/tf-setup", {"setup": "disable"}, seen="/account")
    assert session().get(User, alma.id, populate_existing=True).tf_totp_secret is None
    run_jobs()
    assert "Your authenticator was removed" in {mail["Subject"] for mail in mailbox.to(alma.email)}


def test_an_authenticator_that_is_the_last_factor_of_an_admin_stays(browser, phone, alma):
    answer = browser.submit("/tf-setup", {"setup": "disable"}, follow_redirects=True)
    assert "This is your last second factor" in text_of(answer)
    assert session().get(User, alma.id, populate_existing=True).tf_totp_secret is not None


def test_a_passkey_is_taken_instead_of_the_code(client, browser, phone, alma):
    key = Key()
    add(browser, key)
    sign_in(client, alma)
    assert "Use a passkey instead" in text_of(client.get("/tf-validate"))
    signed = key.sign(ask(client, "/passkeys/second/options", "/tf-validate"))
    client.submit("/passkeys/second", {"credential": signed}, seen="/tf-validate")
    assert client.get("/admin").status_code == 200


def test_nobody_gets_past_it_by_mail(client, phone, alma, mailbox, run_jobs):
    sign_in(client, alma)
    run_jobs()
    mailbox.clear()
    answer = client.submit("/tf-rescue", {"help_setup": "email"}, seen="/tf-validate")
    assert answer.headers["Location"] == "/mf-recovery"
    run_jobs()
    assert mailbox == []


def test_the_key_is_kept_encrypted(phone, alma):
    kept = session().get(User, alma.id, populate_existing=True).tf_totp_secret
    assert phone._totp.base32_key not in kept
    assert current_app.extensions["security"].totp_factory.get_totp_b32_key(kept) == phone._totp.base32_key


def test_where_it_is_optional_an_admin_works_without(app, browser_of):
    settings = replace(config.current(), admin_second_factor="optional")
    app.extensions["settings"] = settings
    assert browser_of(an_admin("Bert")).get("/admin").status_code == 200


def test_the_page_for_a_code_signs_nobody_out_who_was_not_asked_for_one(browser_of, mia):
    browser = browser_of(mia)
    assert browser.get("/tf-validate").headers["Location"] == "/account/second-factor"
    assert browser.get("/account").status_code == 200
