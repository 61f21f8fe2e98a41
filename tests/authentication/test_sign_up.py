"""A stranger signs up with another's address first: nothing of that is left once its owner comes."""

import pytest

from marketplace.accounts import queries, service
from marketplace.accounts.sessions import service as user_sessions
from marketplace.accounts.tokens import service as tokens
from marketplace.audit import queries as audit
from tests.authentication.reading import NEW, is_signed_in, link_in, text_of, the_person, words_of
from tests.factories import a_person

THEIRS = "the password of a stranger"


@pytest.fixture
def squatted(client, mailbox, run_jobs):
    """Mia's address, taken by a stranger with a password, a token, a calendar address and a session."""
    client.submit("/register", NEW | {"name": "Eve", "password": THEIRS})
    run_jobs()
    person = the_person()
    _, token = tokens.create_token(person, name="mine", scopes=["read"])
    _, feed = service.create_feed(person, side="mentee")
    _, secret = user_sessions.begin_session(person, user_agent="", place="")
    return {"token": token, "feed": feed, "secret": secret}


def test_the_owner_signs_up_and_nothing_of_the_strangers_works(app, client, squatted, mailbox, run_jobs):
    client.submit("/register", NEW)
    run_jobs()
    _theirs, ours = (mail for mail in mailbox if mail["Subject"] != "A new access token was made")
    client.submit(link_in(ours))
    person = the_person()
    assert (person.name, person.timezone) == ("Mia", "Europe/Berlin")
    assert queries.user_by_token(squatted["token"]) is None
    assert client.get(f"/calendar/{squatted['feed']}.ics").status_code == 404
    stranger = app.test_client()
    with stranger.session_transaction() as kept:
        kept["_user_id"] = squatted["secret"]
    assert not is_signed_in(stranger)
    stranger.submit("/login", {"email": NEW["email"], "password": THEIRS})
    assert not is_signed_in(stranger)
    assert is_signed_in(client)


def test_the_link_of_a_sign_up_that_was_replaced_confirms_nobody(client, squatted, mailbox):
    client.submit("/register", NEW)
    assert "does not work" in text_of(client.get(link_in(mailbox[0]), follow_redirects=True))
    assert the_person().confirmed_at is None


def test_confirming_ends_what_was_opened_before(client, squatted, mailbox):
    client.submit(link_in(mailbox[0]))
    assert the_person().confirmed_at is not None
    assert queries.user_by_token(squatted["token"]) is None
    assert client.get(f"/calendar/{squatted['feed']}.ics").status_code == 404


def test_whoever_did_not_sign_up_says_so_on_the_page_of_the_link(client, squatted, mailbox, run_jobs):
    link = link_in(mailbox[0])
    assert "signed up as <strong>Eve</strong>" in text_of(client.get(link))
    answer = client.submit(link, {"answer": "not_mine"}, follow_redirects=True)
    assert "That sign-up does not work any more" in text_of(answer)
    assert (the_person().password, the_person().confirmed_at) == (None, None)
    assert "account.disowned" in [entry.action for entry in audit.timeline_of(the_person().id)]
    assert "does not work" in text_of(client.get(link, follow_redirects=True))
    client.submit("/register", NEW)
    run_jobs()
    client.submit(link_in(mailbox[-1]))
    assert is_signed_in(client)


def test_a_sign_up_that_is_confirmed_is_not_disowned(app, client, squatted, mailbox):
    link = link_in(mailbox[0])
    late = app.test_client()
    late.get(link)
    client.submit(link)
    page = text_of(late.submit(link, {"answer": "not_mine"}, seen="/login", follow_redirects=True))
    assert "This link has done its work" in page
    assert the_person().password is not None


def test_signing_up_again_changes_nothing_of_an_account_that_is_confirmed(client, mailbox, run_jobs):
    person = a_person(email=NEW["email"])
    _, token = tokens.create_token(person, name="mine", scopes=["read"])
    client.submit("/register", NEW | {"name": "Eve", "password": THEIRS})
    run_jobs()
    assert the_person().name == person.name
    assert queries.user_by_token(token) is not None


def test_signing_up_again_does_not_wake_an_account_that_was_deactivated(client, mailbox, run_jobs):
    a_person(email=NEW["email"], confirmed=False, active=False)
    client.submit("/register", NEW | {"name": "Eve", "password": THEIRS})
    run_jobs()
    assert mailbox == []
    assert the_person().name == "Mia"


@pytest.mark.parametrize("path", ["/register", "/confirm", "/reset"])
def test_what_is_mailed_to_an_address_that_nobody_confirmed_has_no_word_of_a_stranger(client, mailbox, run_jobs, path):
    client.submit("/register", NEW | {"name": "Win at evil.example"})
    if path != "/register":
        client.submit(path, {"email": NEW["email"]})
    run_jobs()
    assert len(mailbox) == (1 if path == "/register" else 2)
    for mail in mailbox:
        assert "evil" not in mail.as_string()
        assert words_of(mail).startswith("Confirm your address Hello, Please confirm")


def test_a_new_address_is_asked_without_the_name_of_who_asks(client, mailbox, run_jobs):
    client.sign_in(a_person("Win at evil.example", email="eve@example.com"))
    client.submit("/change-email", {"email": "stranger@example.com"})
    run_jobs()
    [mail] = mailbox.to("stranger@example.com")
    assert "evil" not in mail.as_string()


def test_a_name_that_is_a_link_is_refused(client):
    page = text_of(client.submit("/register", NEW | {"name": "Win http://evil.example now"}))
    assert "without a web address" in page
    assert the_person() is None
