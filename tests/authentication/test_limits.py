"""Wrong passwords of others lock nobody out, and no other spelling of an address is counted anew."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask_security.recoverable import generate_reset_password_token

from marketplace.accounts.addresses.rules import countable, normalized
from marketplace.app import create_app
from marketplace.authentication.limits import place
from marketplace.db import db
from tests.authentication.keys import Key, add, sign_in
from tests.authentication.reading import is_signed_in, text_of
from tests.conftest import CLOCK, for_tests
from tests.doors import PASSWORD, PageClient
from tests.factories import a_person

NEW = "a whole new password"


pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def shared_limited(shared_real_app) -> Flask:
    return for_tests(create_app(replace(shared_real_app.extensions["settings"], ratelimit_enabled=True), CLOCK))


@pytest.fixture
def limited(real_app, shared_limited) -> Iterator[Flask]:
    """The application with limits on, which all begin at nought."""
    with shared_limited.app_context():
        for limiter in shared_limited.extensions["limiter"]:
            limiter.reset()
        yield shared_limited
        db.session.close()
        db.engine.dispose()


def browser(app, place: str = "127.0.0.1") -> PageClient:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = place
    return client


def tries(client, email: str, count: int) -> list[int]:
    return [client.submit("/login", {"email": email, "password": "wrong one"}).status_code for _ in range(count)]


SPELLINGS = [
    "noor@demo.example",
    "NOOR@DEMO.example",
    "noor@ｄemo.example",
    "noor@demo。example",
    " noor@demo.example ",
]


@pytest.mark.parametrize("typed", SPELLINGS)
def test_an_address_has_one_spelling(typed):
    assert countable(typed) == "noor@demo.example"
    assert normalized(typed).casefold() == "noor@demo.example"


@pytest.mark.parametrize("typed", ["info@müller.example", "info@xn--mller-kva.example", "info@MÜLLER.example"])
def test_a_domain_is_the_same_in_unicode_and_punycode(typed):
    assert normalized(typed) == "info@müller.example"


def test_what_is_no_address_is_counted_too():
    assert countable(" ＡＢ ") == "ab"
    with pytest.raises(ValueError, match="@"):
        normalized("nobody")


def test_no_other_spelling_of_an_address_is_a_new_try(limited):
    client = browser(limited)
    assert tries(client, "noor@demo.example", 18) == [200] * 18
    assert [tries(client, typed, 1)[0] for typed in SPELLINGS[1:4]] == [200, 200, 429]


def test_no_other_spelling_of_an_address_is_a_new_mail(limited):
    client = browser(limited)
    spelt = [*SPELLINGS[:4], "noor@DEMO.example", "noor@ｄｅｍｏ.example"]
    assert [client.submit("/reset", {"email": typed}).status_code for typed in spelt] == [200] * 5 + [429]


def test_wrong_passwords_from_one_place_do_not_lock_the_owner_out_at_another(limited):
    person = a_person()
    tries(browser(limited, "203.0.113.9"), person.email, 21)
    owner = browser(limited, "198.51.100.7")
    owner.sign_in(person)
    assert is_signed_in(owner)


def test_wrong_passwords_from_everywhere_do_not_lock_out_a_browser_that_was_signed_in_before(limited):
    person = a_person()
    known = browser(limited, "198.51.100.7")
    known.sign_in(person)
    known.submit("/logout", seen="/account")
    for number in range(6):
        tries(browser(limited, f"203.0.113.{number}"), person.email, 19)
    stranger = browser(limited, "203.0.113.200")
    answer = stranger.submit("/login", {"email": person.email, "password": PASSWORD})
    assert answer.status_code == 429
    assert "that lets you in at once" in text_of(answer)
    known.sign_in(person)
    assert is_signed_in(known)


def test_the_link_to_a_new_password_lets_its_owner_in_while_the_address_is_attacked(limited):
    person = a_person()
    for number in range(6):
        tries(browser(limited, f"203.0.113.{number}"), person.email, 19)
    owner = browser(limited, "198.51.100.7")
    assert owner.submit("/reset", {"email": person.email}).status_code == 200
    link = f"/reset/{generate_reset_password_token(person)}"
    owner.submit(link, {"password": NEW, "password_confirm": NEW})
    owner.sign_in(person, NEW)
    assert is_signed_in(owner)


def test_a_passkey_lets_its_owner_in_while_the_address_is_attacked(limited):
    person, key = a_person(), Key()
    at_home = browser(limited, "192.0.2.1")
    at_home.sign_in(person)
    add(at_home, key)
    for number in range(6):
        tries(browser(limited, f"203.0.113.{number}"), person.email, 19)
    elsewhere = browser(limited, "198.51.100.7")
    refused = elsewhere.submit("/login", {"email": person.email, "password": PASSWORD})
    assert "sign in with a passkey" in text_of(refused)
    sign_in(elsewhere, key)
    assert is_signed_in(elsewhere)


def test_a_known_browser_has_not_endless_tries_either(limited):
    person = a_person()
    known = browser(limited)
    known.sign_in(person)
    known.submit("/logout", seen="/account")
    assert tries(known, person.email, 21)[-1] == 429


def test_a_forged_or_foreign_device_is_a_stranger(limited):
    mia, noa = a_person(), a_person("Noa")
    known = browser(limited)
    known.sign_in(noa)
    known.submit("/logout", seen="/account")
    assert tries(known, mia.email, 21)[-1] == 429
    forged = browser(limited)
    forged.set_cookie("device", "made up")
    assert tries(forged, mia.email, 1) == [429]


@pytest.mark.parametrize(
    ("path", "form", "refused"),
    [
        ("/change", {"password": "wrong", "new_password": NEW, "new_password_confirm": NEW}, 200),
        ("/verify", {"step_up_password": "wrong"}, 403),
    ],
)
def test_whoever_has_a_session_does_not_guess_the_password_without_end(limited, path, form, refused):
    client = browser(limited)
    client.sign_in(a_person())
    answers = [client.submit(path, form).status_code for _ in range(21)]
    assert answers == [refused] * 20 + [429]


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("198.51.100.7", "place:198.51.100.7"),
        ("2001:db8:1:2::1", "place:20010db800010002"),
        ("2001:db8:1:2:ffff::9", "place:20010db800010002"),
        ("2001:db8:1:3::1", "place:20010db800010003"),
        ("", "place:unknown"),
    ],
)
def test_one_network_of_ipv6_is_one_place(shared_real_app, address, counted):
    with shared_real_app.test_request_context("/", environ_base={"REMOTE_ADDR": address}):
        assert place() == counted
