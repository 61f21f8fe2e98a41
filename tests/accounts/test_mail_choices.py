"""Each kind of mail is on or off, what cannot be switched off says why, and a mail program may say no by itself."""

import pytest
from sqlalchemy import select

from marketplace.accounts.addresses import service as addresses
from marketplace.accounts.mail_choices import service as choices
from marketplace.db import session
from marketplace.notifications.choices.queries import declined
from marketplace.notifications.choices.service import unsubscribe_url
from marketplace.notifications.models import Message
from marketplace.notifications.rules import kinds
from marketplace.notifications.service import notify
from tests.factories import a_person

SHARED = {"name": "Mia", "coach": "Ada", "title": "An hour", "zone": "UTC", "session_url": "https://x.example"}


def write(moment, recipient: str, key: str | None = None) -> Message | None:
    notify(recipient, subject="A note", template="note_shared", key=key, starts_at=moment.now, **SHARED)
    return session().scalars(select(Message).where(Message.recipient == recipient).order_by(Message.id.desc())).first()


def test_every_kind_has_a_mail():
    assert {kinds.kind_of(template).name for template in kinds.OF_TEMPLATE} == set(kinds.BY_NAME)


def test_what_cannot_be_switched_off_says_why():
    assert all(str(kind.why).endswith(".") for kind in kinds.KINDS if not kind.is_optional)


def test_a_kind_that_is_switched_off_is_not_written_and_one_that_is_on_is(app, moment):
    mia = a_person()
    choices.choose_mails(mia, declined=["notes"])
    assert write(moment, mia.email) is None
    choices.choose_mails(mia, declined=["invoices"])
    assert write(moment, mia.email).kind == "notes"
    assert [choice.kind.name for choice in choices.mail_choices(mia) if not choice.on] == ["invoices"]


def test_only_what_one_is_ever_sent_is_offered(app):
    offered = {choice.kind.name for choice in choices.mail_choices(a_person())}
    assert not offered & {"statements", "payouts", "operations"}


def test_choices_go_along_to_a_new_address(app):
    mia = a_person()
    choices.choose_mails(mia, declined=["notes"])
    old = mia.email
    addresses.change_address(mia.id, old=old, new="mia.new@example.com")
    assert (declined("mia.new@example.com"), declined(old)) == ({"notes"}, set())


def test_a_mail_that_may_be_declined_carries_the_header_and_one_post_ends_its_kind(client, moment, run_jobs, mailbox):
    mia = a_person()
    write(moment, mia.email)
    session().commit()
    run_jobs()
    [mail] = mailbox
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = mail["List-Unsubscribe"].strip("<>").split("/", 3)[3]
    assert "Fewer mails" in client.get(f"/{path}").get_data(as_text=True)
    assert declined(mia.email) == set()
    answer = client.post(f"/{path}", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert declined(mia.email) == {"notes"}
    assert client.post(f"/{path}x").status_code == 404


@pytest.mark.parametrize("kind", ["sessions", None])
def test_what_cannot_be_switched_off_has_no_header_and_no_such_address(client, moment, run_jobs, mailbox, kind):
    mia = a_person()
    message = write(moment, mia.email)
    message.kind = kind
    session().commit()
    run_jobs()
    assert mailbox[0]["List-Unsubscribe"] is None
    assert client.post("/" + unsubscribe_url(message.id).split("/", 3)[3]).status_code == 404


def test_saying_no_in_a_reminder_ends_reminders(client, moment):
    mia = a_person()
    message = write(moment, mia.email)
    message.kind = kinds.REMINDERS
    session().commit()
    client.post("/" + unsubscribe_url(message.id).split("/", 3)[3])
    session().refresh(mia)
    assert mia.reminders == "none"


def test_the_page_switches_kinds_off_and_on(browser_of):
    mia = a_person()
    browser = browser_of(mia)
    page = browser.get("/account/mails").get_data(as_text=True)
    assert "They carry the time, the meeting link and the event." in page
    browser.submit("/account/mails", {"wanted": ["notes", "invoices"]})
    assert declined(mia.email) == {"sessions_closed", "waitlist_news"}


def test_the_api_says_and_changes_it(api):
    mia = a_person()
    own = api(mia)
    named = {kind["name"]: kind for kind in own.get("/me/mails").json}
    assert named["security"]["may_be_declined"] is False
    assert named["notes"]["on"] is True
    assert own.put("/me/mails/declined", {"declined": ["notes"]}).json == {"declined": ["notes"]}
    assert own.get("/me/mails/declined").json == {"declined": ["notes"]}
    assert own.put("/me/mails/declined", {"declined": ["security"]}).status_code == 422
