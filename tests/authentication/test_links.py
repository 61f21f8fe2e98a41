"""Scanners open every link in a mail before its reader does: nothing happens without a button."""

import pytest
from sqlalchemy import select

from marketplace.db import session
from marketplace.notifications.models import Message
from tests.authentication.reading import NEW, is_signed_in, link_in, text_of, the_person
from tests.factories import a_person


def scan(client, link):
    """What a mail scanner does, thrice."""
    for method in ("HEAD", "GET", "OPTIONS", "HEAD", "GET"):
        client.open(link, method=method)


def test_a_scanner_confirms_no_sign_up(app, client, mailbox, run_jobs):
    client.submit("/register", NEW)
    run_jobs()
    link = link_in(mailbox[0])
    scan(app.test_client(), link)
    assert the_person().confirmed_at is None
    assert "Confirm this address" in text_of(client.get(link))
    assert "Your address is confirmed" in text_of(client.submit(link, follow_redirects=True))
    page = text_of(client.get(link))
    assert "This link has done its work" in page
    assert "mia@example.com is confirmed" in page


def test_a_scanner_changes_no_address(app, client, mailbox, run_jobs):
    person = a_person(email="old@example.com")
    client.sign_in(person)
    client.submit("/change-email", {"email": "new@example.com"})
    run_jobs()
    link = link_in(mailbox[0])
    scan(app.test_client(), link)
    assert the_person("old@example.com") is not None
    assert "Use this address" in text_of(client.get(link))
    answer = client.submit(link, follow_redirects=True)
    assert "Your address is changed" in text_of(answer)
    assert the_person("new@example.com").id == person.id
    assert not is_signed_in(client)


def test_a_scanner_changes_no_password(app, client, mailbox, run_jobs):
    person = a_person()
    client.submit("/reset", {"email": person.email})
    run_jobs()
    link = link_in(mailbox[0])
    scan(app.test_client(), link)
    client.sign_in(person)
    client.submit("/logout", seen="/account")
    client.submit(link, {"password": "a whole new password", "password_confirm": "a whole new password"})
    assert not is_signed_in(client)
    client.sign_in(person, "a whole new password")
    assert is_signed_in(client)


@pytest.mark.parametrize("link", ["/confirm/made-up", "/change-email/made-up", "/reset/made-up"])
def test_a_made_up_link_does_nothing_by_its_button_either(client, link):
    answer = client.submit(link, seen="/login", follow_redirects=True)
    assert "does not work" in text_of(answer)
    assert not is_signed_in(client)


def test_a_link_to_a_new_address_is_dead_once_another_did_its_work(client, mailbox, run_jobs):
    person = a_person(email="old@example.com")
    client.sign_in(person)
    for email in ("one@example.com", "two@example.com"):
        client.submit("/change-email", {"email": email})
    run_jobs()
    client.submit(link_in(mailbox.to("one@example.com")[0]))
    answer = client.submit(link_in(mailbox.to("two@example.com")[0]), seen="/login", follow_redirects=True)
    assert "does not work" in text_of(answer)
    assert the_person("two@example.com") is None


def test_an_old_link_to_reset_is_dead_once_the_address_has_changed(client, mailbox, run_jobs):
    person = a_person(email="old@example.com")
    client.submit("/reset", {"email": person.email})
    client.sign_in(person)
    client.submit("/change-email", {"email": "new@example.com"})
    run_jobs()
    client.submit(link_in(mailbox.to("new@example.com")[0]))
    dead = client.get(link_in(mailbox.to("old@example.com")[0]), follow_redirects=True)
    assert "does not work" in text_of(dead)


@pytest.mark.parametrize(
    ("path", "form"),
    [("/register", NEW), ("/reset", {"email": "mia@example.com"}), ("/confirm", {"email": "mia@example.com"})],
)
def test_a_link_that_lets_somebody_in_does_not_stay_in_the_stored_mail(client, mailbox, run_jobs, path, form):
    a_person(email="mia@example.com", confirmed=path != "/confirm")
    client.submit(path, form)
    run_jobs()
    token = link_in(mailbox[0]).rsplit("/", 1)[-1] if path != "/register" else "/reset/"
    assert token in mailbox[0].as_string().replace("=\n", "")
    [kept] = session().scalars(select(Message)).all()
    session().refresh(kept)
    assert kept.secret
    assert kept.html is None
    assert token not in kept.text
    assert "not kept" in kept.text
