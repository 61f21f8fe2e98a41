import smtplib
import uuid
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from jinja2 import Environment, UndefinedError
from sqlalchemy import delete, select
from sqlalchemy.exc import OperationalError

from marketplace import clock, money
from marketplace.db import session, transactional
from marketplace.errors import Conflict, NotAllowed, NotFound
from marketplace.notifications import queries, service
from marketplace.notifications.models import Message
from marketplace.notifications.rendering import queries as rendering
from tests.factories import a_person, an_admin
from tests.queue import waiting
from tests.settings import change
from tests.smtp import Mailbox, free_port

GOLDEN = Path(__file__).parent / "golden"
LINK = "http://localhost/confirm/abc"


def tell(to="mia@example.com", **changes):
    values = {"template": "signin/reset_instructions", "name": "Mia", "link_url": LINK}
    service.notify(to, **values | {"within": "2 days"} | changes)


def the_message() -> Message:
    return session().scalars(select(Message).execution_options(populate_existing=True)).one()


@pytest.fixture
def no_mail_server():
    """The settings while nobody listens on the mail server's port."""
    change(smtp_port=1)


class RefusingServer:
    """A mail server that knows nobody, for now (450) or for good (550)."""

    def __init__(self, code: int) -> None:
        self.code = code

    async def handle_RCPT(self, *_):  # noqa: N802  aiosmtpd's name
        return f"{self.code} no such mailbox"


class RudeServer(Mailbox):
    """A mail server that takes a mail and answers QUIT with an error."""

    async def handle_QUIT(self, *_):  # noqa: N802  aiosmtpd's name
        return "421 too busy for that"


@pytest.fixture
def rude_server():
    port = free_port()
    controller = Controller(RudeServer(), hostname="127.0.0.1", port=port)
    controller.start()
    change(smtp_port=port)
    yield
    controller.stop()


@pytest.fixture
def refusing_server(request):
    port = free_port()
    controller = Controller(RefusingServer(request.param), hostname="127.0.0.1", port=port)
    controller.start()
    change(smtp_port=port)
    yield
    controller.stop()


@pytest.fixture
def guarded_server():
    """A mail server that knows a name and a password, and keeps who came."""
    inside = Mailbox()
    inside.came = []

    def check(_server, _session, _envelope, _mechanism, data):
        inside.came.append(data.login)
        return AuthResult(success=(data.login, data.password) == (b"fairhour", b"secret"), handled=False)

    port = free_port()
    controller = Controller(inside, hostname="127.0.0.1", port=port, authenticator=check, auth_require_tls=False)
    controller.start()
    change(smtp_port=port, smtp_username="fairhour", smtp_password="secret")
    yield inside
    controller.stop()


def test_a_server_that_wants_a_password_gets_it(guarded_server, run_jobs):
    tell()
    run_jobs()
    assert guarded_server.came == [b"fairhour"]
    assert len(guarded_server) == 1


def test_a_wrong_password_is_tried_again_for_somebody_may_mend_it(guarded_server, run_jobs):
    change(smtp_password="wrong")
    tell()
    with pytest.raises(smtplib.SMTPAuthenticationError):
        run_jobs()
    assert the_message().status == "waiting"


def test_with_starttls_no_mail_goes_over_a_line_that_anybody_reads(mailbox, run_jobs):
    change(smtp_starttls=True)
    tell()
    with pytest.raises(smtplib.SMTPNotSupportedError):
        run_jobs()
    assert mailbox == []


def test_a_mail_is_written_with_its_job_and_arrives(mailbox, run_jobs):
    tell()
    assert mailbox == []
    assert run_jobs() == ["send_message"]
    [mail] = mailbox.to("mia@example.com")
    assert mail["Subject"] == "Choose a new password"
    assert mail["From"] == "Fairhour <hello@fairhour.example>"
    text = mail.get_body(("plain",)).get_content()
    assert text.splitlines()[:3] == ["Choose a new password", "", "Hello Mia,"]
    assert LINK in text
    assert f'href="{LINK}"' in mail.get_body(("html",)).get_content()
    assert (the_message().status, the_message().attempts) == ("sent", 1)


def test_a_mail_is_gone_with_the_fact_it_tells_of():
    @transactional
    def a_command_that_fails():
        tell()
        raise Conflict

    with pytest.raises(Conflict):
        a_command_that_fails()
    assert queries.counts() == {"waiting": 0, "sent": 0, "failed": 0}
    assert waiting() == []


def test_one_fact_is_told_once(mailbox, run_jobs):
    tell(key="paid:1")
    tell(key="paid:1")
    tell(key="paid:2")
    run_jobs()
    assert len(mailbox) == 2


def test_a_job_that_runs_twice_sends_once(mailbox, run_jobs):
    tell()
    run_jobs()
    service.send_message(str(the_message().id))
    service.send_message(str(uuid.uuid4()))
    assert len(mailbox) == 1


def test_a_fact_that_is_told_again_keeps_its_message_id(mailbox, run_jobs):
    """Its row was lost with the last instants of a database, and is written anew."""
    for _ in range(2):
        tell(key="booked:1")
        run_jobs()
        session().execute(delete(Message))
        session().commit()
    assert len({mail["Message-ID"] for mail in mailbox}) == 1
    tell(key="booked:2")
    run_jobs()
    assert len({mail["Message-ID"] for mail in mailbox}) == 2


def test_a_mail_that_somebody_is_sending_is_not_sent_beside(mailbox, moment):
    tell()
    service._claim(the_message().id)
    with pytest.raises(service.BeingSent):
        service.send_message(str(the_message().id))
    assert list(mailbox) == []
    moment.advance(seconds=61)
    service.send_message(str(the_message().id))
    assert (len(mailbox), the_message().status, the_message().claimed_until) == (1, "sent", None)


def test_a_mail_that_the_server_has_is_only_recorded_when_the_database_is_back(mailbox, monkeypatch):
    tell()
    with monkeypatch.context() as away:
        away.setattr(service, "_note_sent", _database_is_away)
        with pytest.raises(OperationalError):
            service.send_message(str(the_message().id))
    assert the_message().status == "waiting"
    service.send_message(str(the_message().id))
    assert (len(mailbox), the_message().status) == (1, "sent")


def _database_is_away(_message_id):
    raise OperationalError("commit", {}, Exception("the database system is shutting down"))


def test_a_server_that_takes_a_mail_and_says_no_goodbye_has_it(rude_server, run_jobs):
    tell()
    run_jobs()
    assert the_message().status == "sent"


def test_an_invite_arrives_as_one(mailbox, run_jobs, moment):
    invite = (GOLDEN / "request.ics").read_bytes().decode()
    tell(calendar=invite, calendar_method="REQUEST")
    run_jobs()
    [part] = [part for part in mailbox[0].walk() if part.get_content_type() == "text/calendar"]
    assert part.get_param("method") == "REQUEST"
    assert part.get_payload(decode=True).rstrip() == invite.encode().rstrip()


def test_what_people_wrote_is_escaped_in_html_and_left_alone_in_text(mailbox, run_jobs):
    tell(name="<b>Mia & Co</b>")
    run_jobs()
    assert "<b>Mia & Co</b>" in mailbox[0].get_body(("plain",)).get_content()
    assert "&lt;b&gt;Mia &amp; Co&lt;/b&gt;" in mailbox[0].get_body(("html",)).get_content()


def test_a_template_that_misses_a_word_fails_at_once():
    with pytest.raises(UndefinedError):
        service.notify("mia@example.com", template="signin/reset_instructions", name="Mia")


def test_templates_speak_of_money_and_time(moment):
    filters = rendering._templates("txt").filters
    assert filters["money"](12000, "usd") == money.spoken(12000, "usd") == "120.00 USD"
    assert filters["when"](moment.now, "Europe/Berlin") == clock.spoken(moment.now, "Europe/Berlin")


def test_a_mail_that_cannot_be_sent_is_tried_again_and_not_lost(no_mail_server, mailbox, run_jobs, settings):
    tell()
    with pytest.raises(OSError):
        run_jobs()
    assert (the_message().status, the_message().attempts) == ("waiting", 1)
    assert "ConnectionRefusedError" in (the_message().error or "")
    assert waiting() == ["send_message"]
    change(smtp_port=settings.smtp_port)
    run_jobs()
    assert len(mailbox) == 1
    assert (the_message().status, the_message().attempts, the_message().error) == ("sent", 2, None)


def test_after_ten_attempts_a_mail_has_failed_and_is_seen(no_mail_server):
    tell()
    for _ in range(9):
        with pytest.raises(OSError):
            service.send_message(str(the_message().id))
    assert queries.failed() == []
    service.send_message(str(the_message().id))
    assert [message.recipient for message in queries.failed()] == ["mia@example.com"]
    assert queries.counts()["failed"] == 1


@pytest.mark.parametrize("refusing_server", [550], indirect=True)
def test_a_mailbox_that_does_not_exist_is_not_tried_again(refusing_server, run_jobs):
    tell()
    assert run_jobs() == ["send_message"]
    assert the_message().status == "failed"
    assert "550" in (the_message().error or "")


@pytest.mark.parametrize("refusing_server", [450], indirect=True)
def test_a_mailbox_that_is_busy_is_tried_again(refusing_server, run_jobs):
    tell()
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        run_jobs()
    assert the_message().status == "waiting"


def test_an_admin_sends_a_failed_mail_again(no_mail_server, mailbox, run_jobs, settings):
    tell()
    for _ in range(9):
        with pytest.raises(OSError):
            service.send_message(str(the_message().id))
    assert run_jobs() == ["send_message"]
    change(smtp_port=settings.smtp_port)
    admin = an_admin()
    service.resend(admin, message_id=the_message().id)
    service.resend(admin, message_id=the_message().id)
    assert run_jobs() == ["send_message"]
    assert len(mailbox) == 1
    assert queries.failed() == []
    with pytest.raises(service.AlreadySent):
        service.resend(admin, message_id=the_message().id)


def test_nobody_else_sends_mail_again():
    tell()
    with pytest.raises(NotAllowed):
        service.resend(a_person(), message_id=the_message().id)
    with pytest.raises(NotFound):
        service.resend(an_admin(), message_id=uuid.uuid4())


def test_mail_is_never_sent_inside_a_transaction(mailbox):
    tell()

    @transactional
    def a_command_that_sends():
        service.send_message(str(the_message().id))

    with pytest.raises(RuntimeError):
        a_command_that_sends()
    assert mailbox == []


def test_the_subject_of_a_message_is_one_line():
    tell(template="signin/security_notice", what="second\nline", sentence="x")
    assert the_message().subject == "second line"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{% if yes %}\nA\n{% endif %}\nB\n", "A\nB\n"),
        ("{% if yes %}A{% endif %}\nB\n", "A\nB\n"),
        ("{% if yes %}A{% endif %}\n\nB\n", "A\n\nB\n"),
        ("  {% for n in (1, 2) %}{% if yes %}\n- {{ n }}\n  {% endif %}{% endfor %}\n\nB\n", "- 1\n- 2\n\nB\n"),
    ],
)
def test_a_line_of_tags_alone_is_none_and_every_other_break_stands(tmp_path, source, text):
    (tmp_path / "letter.txt").write_text(source)
    letters = Environment(loader=rendering.MailTemplates(tmp_path), keep_trailing_newline=True)
    assert letters.get_template("letter.txt").render(yes=True) == text


@pytest.mark.parametrize("to", ["jürgen@example.org", "two words@example.org", "x@\u202e.example"])
def test_a_mail_that_cannot_be_built_has_failed_and_admins_see_it(to, mailbox, run_jobs):
    tell(to)
    tell("mia@example.com")
    run_jobs()
    failed = queries.failed()
    assert [(message.recipient, message.attempts) for message in failed] == [(to, 1)]
    assert failed[0].error
    assert len(mailbox.to("mia@example.com")) == 1


def test_a_domain_in_any_script_gets_its_mail(mailbox, run_jobs):
    tell("info@müller.example")
    run_jobs()
    assert len(mailbox.to("info@xn--mller-kva.example")) == 1
