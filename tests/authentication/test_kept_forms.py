"""A form that was sent after the session had ended is kept, and goes on once one has signed in."""

from urllib.parse import parse_qs, urlsplit

import pytest

from marketplace.accounts.sessions import service as sessions
from marketplace.authentication.kept_forms import FORM, KeptForm, sent_form, sign_in_and_go_on
from tests.doors import PASSWORD
from tests.factories import a_booking
from tests.pages.reading import read
from tests.scenes import TEN

NOTE = "Afraid of the new team. Begin with the first week."


def signed_in_again(client, person, answer):
    (wanted,) = parse_qs(urlsplit(answer.location).query)["next"]
    said = client.submit("/login", {"email": person.email, "password": PASSWORD, "next": wanted}, seen=answer.location)
    return client.get(said.location)


def pressed(client, page):
    """The button of the page, with the fields that it carries."""
    return client.post("/go-on", data=read(page).hidden)


@pytest.fixture
def booking(mia, offering, stripe):
    return a_booking(mia, offering, TEN, stripe)


@pytest.fixture
def coachs(browser_of, ada):
    return browser_of(ada.user)


def ended(browser, person, how):
    """The session ends: elsewhere, or with its cookie."""
    token = {"csrf_token": read(browser.get("/account")).hidden["csrf_token"]}
    if how == "elsewhere":
        sessions.end_sessions(person.id, actor_id=person.id)
    else:
        browser.delete_cookie("session")
    return token


@pytest.mark.parametrize("how", ["elsewhere", "with its cookie"])
def test_what_was_typed_is_sent_on_after_signing_in(coachs, ada, booking, how):
    page = f"/sessions/{booking.id}"
    token = ended(coachs, ada.user, how)
    answer = coachs.post(
        f"{page}/notes", data={"text": NOTE, "shared": "y"} | token, headers={"Referer": f"http://localhost{page}?a=1"}
    )
    assert (answer.status_code, urlsplit(answer.location).path) == (303, "/login")
    assert all(NOTE not in line for line in answer.headers.getlist("Set-Cookie"))
    asked = signed_in_again(coachs, ada.user, answer)
    assert NOTE in read(asked).text
    assert f"{page}?a=1" in read(asked).links
    going = pressed(coachs, asked)
    assert (going.status_code, going.location) == (307, f"{page}/notes")
    kept = coachs.post(going.location, data=read(asked).hidden)
    assert kept.status_code in {302, 303}
    assert NOTE in read(coachs.get(page)).text
    assert coachs.get("/go-on").location == "/signed-in"


def test_who_has_signed_in_elsewhere_meanwhile_is_shown_it_at_once(coachs, booking):
    page = f"/sessions/{booking.id}"
    old = {"text": NOTE, "csrf_token": "of another session"}
    answer = coachs.post(f"{page}/notes", data=old, headers={"Referer": f"http://localhost{page}"})
    assert (answer.status_code, answer.location) == (303, "/go-on")
    assert NOTE in read(coachs.get("/go-on")).text


@pytest.mark.parametrize(
    ("path", "fields", "referrer"),
    [
        ("/account", {"name": "Mia Two"}, "https://elsewhere.example/"),
        ("/account", {"name": "Mia Two"}, ""),
        ("/account", {"name": "Mia Two", "password": "a secret"}, "http://localhost/account"),
        ("/account", {"name": "x" * 4}, "http://elsewhere.example/account"),
    ],
)
def test_what_another_site_sent_and_what_is_secret_is_not_kept(client, path, fields, referrer):
    answer = client.post(path, data=fields, headers={"Referer": referrer})
    assert answer.status_code == 400
    assert not [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("form")]


def test_a_form_of_strangers_is_only_out_of_date(client):
    answer = client.post("/language", data={"locale": "de"}, headers={"Referer": "http://localhost/"})
    assert answer.status_code == 400


def test_a_file_is_not_kept_and_no_file_does_no_harm(app):
    for name, kept in (("", True), ("me.png", False)):
        body = {"brief": "A brief.", "attachment": (b"", name)}
        with app.test_request_context("/book/x", method="POST", data=body, headers={"Referer": "http://localhost/"}):
            assert (sent_form() is not None) == kept


def test_a_book_is_too_long_to_be_kept(app):
    letters = "".join(map(chr, range(0x4E00, 0x9FFF)))
    with app.test_request_context():
        assert sign_in_and_go_on(KeptForm("/a", "/b", [("text", letters)])) is None


def test_a_cookie_of_somebody_elses_making_is_nothing(coachs):
    coachs.set_cookie(f"{FORM.name}0", "nonsense", path=FORM.path)
    assert coachs.get("/go-on").location == "/signed-in"
    assert coachs.submit("/go-on", seen="/account").location == "/go-on"


def test_nobody_is_shown_what_was_kept(client):
    assert client.get("/go-on").location.startswith("/login?next=")
