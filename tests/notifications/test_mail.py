from datetime import UTC, datetime
from email.errors import MessageError
from uuid import UUID

import pytest

from marketplace.notifications.rules import mail as mail_rules

START = datetime(2027, 3, 2, 17, tzinfo=UTC)
MAIL = {
    "message_id": UUID(int=7),
    "sender": "Fairhour <hello@fairhour.example>",
    "recipient": "mia@example.com",
    "subject": "Your session",
    "text": "Hello Mia,\n\nsee you.\n",
    "html": None,
    "calendar": None,
    "calendar_method": None,
    "created_at": START,
    "public_url": "http://localhost",
}


def test_a_mail_without_invite_is_plain_text_with_an_html_alternative():
    assert mail_rules.mail(**MAIL).get_content_type() == "text/plain"
    both = mail_rules.mail(**MAIL | {"html": "<p>see you</p>"})
    assert [part.get_content_type() for part in both.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_an_invite_is_one_of_the_alternatives_and_names_its_method():
    mail = mail_rules.mail(**MAIL | {"html": "<p>x</p>", "calendar": "BEGIN:VCALENDAR", "calendar_method": "CANCEL"})
    assert mail.get_content_type() == "multipart/alternative"
    invite = list(mail.iter_parts())[-1]
    assert invite.get_content_type() == "text/calendar"
    assert invite.get_param("method") == "CANCEL"
    assert invite.get_param("charset") == "utf-8"


def test_the_message_id_is_the_rows():
    assert mail_rules.mail(**MAIL)["Message-ID"] == f"<{UUID(int=7)}@fairhour.example>"
    assert mail_rules.mail(**MAIL | {"sender": "Fairhour <hello>"})["Message-ID"].endswith("@localhost>")


def test_a_subject_cannot_end_its_header():
    mail = mail_rules.mail(**MAIL | {"subject": "Hello\r\nBcc: all@example.com"})
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Hello Bcc: all@example.com"


@pytest.mark.parametrize(
    ("attempts", "refused", "final"), [(1, False, False), (9, False, False), (10, False, True), (1, True, True)]
)
def test_a_mail_is_given_up_after_ten_attempts_or_a_refusal(attempts, refused, final):
    assert mail_rules.is_final(attempts, refused) is final


@pytest.mark.parametrize(("code", "for_good"), [(421, False), (450, False), (500, True), (550, True)])
def test_replies_of_five_hundred_are_refusals_for_good(code, for_good):
    assert mail_rules.is_refused_for_good(code) is for_good


def test_a_domain_goes_out_in_ascii_whoever_sends_or_receives():
    mail = mail_rules.mail(**MAIL | {"recipient": "info@müller.example", "sender": "Müller <post@müller.example>"})
    assert mail["To"].addresses[0].addr_spec == "info@xn--mller-kva.example"
    assert mail["From"].addresses[0].addr_spec == "post@xn--mller-kva.example"
    assert mail["From"].addresses[0].display_name == "Müller"
    assert mail["Message-ID"].endswith("@xn--mller-kva.example>")
    assert b"info@xn--mller-kva.example" in bytes(mail)


@pytest.mark.parametrize(
    "address", ["jürgen@example.org", "two words@example.org", "nobody", "a@b\r\nBcc: c@d", "x@\u202e.example"]
)
def test_no_mail_is_made_of_what_is_no_address(address):
    with pytest.raises((ValueError, MessageError, TypeError, IndexError)):
        bytes(mail_rules.mail(**MAIL | {"recipient": address}))
