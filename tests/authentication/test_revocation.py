"""A new password ends whatever was opened under the old one: sessions, tokens, calendar addresses, remember-me."""

import re

import pytest

from marketplace.accounts import queries, service
from marketplace.accounts.sessions.queries import sessions_of
from marketplace.accounts.tokens import service as token_service
from marketplace.audit import queries as audit
from tests.doors import PASSWORD
from tests.factories import a_person

NEW = "a whole new password"


class Thief:
    """What somebody has who once had the password."""

    def __init__(self, app, person):
        self.person = person
        self.browser = app.test_client()
        self.browser.submit("/login", {"email": person.email, "password": PASSWORD, "remember": "yes"})
        _, self.token = token_service.create_token(person, name="mine", scopes=["read"])
        _, self.feed = service.create_feed(person, side="mentee")

    def gets_in(self) -> list[str]:
        ways = []
        if self.browser.get("/account").status_code == 200:
            ways.append("session")
        self.browser.delete_cookie("session")
        if self.browser.get("/account").status_code == 200:
            ways.append("remember-me")
        if queries.user_by_token(self.token) is not None:
            ways.append("token")
        if self.browser.get(f"/calendar/{self.feed}.ics").status_code == 200:
            ways.append("calendar address")
        return ways


def change(client, person, mailbox, run_jobs):
    client.sign_in(person)
    client.submit("/change", {"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW})


def reset(client, person, mailbox, run_jobs):
    client.submit("/reset", {"email": person.email})
    run_jobs()
    text = mailbox[-1].get_body(("plain",)).get_content()
    link = re.search(r"http://localhost(/reset/\S+)", text).group(1)
    client.submit(link, {"password": NEW, "password_confirm": NEW})


@pytest.mark.parametrize("way", [change, reset])
def test_a_new_password_leaves_a_thief_nothing(app, client, mailbox, run_jobs, way):
    person = a_person()
    thief = Thief(app, person)
    assert thief.gets_in() == ["session", "remember-me", "token", "calendar address"]
    way(client, person, mailbox, run_jobs)
    assert thief.gets_in() == []
    kept = {change: 1, reset: 0}[way]
    assert len(sessions_of(person.id)) == kept
    run_jobs()
    told = mailbox.to(person.email)[-1].get_body(("plain",)).get_content()
    assert "access tokens and calendar addresses have stopped working" in " ".join(told.split())
    assert "password.changed" in [entry.action for entry in audit.timeline_of(person.id)]
