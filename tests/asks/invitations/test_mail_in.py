"""Forwarded invitations come in by LMTP or SMTP; nobody is billed by a stranger, and nothing goes round."""

import contextlib
import smtplib
from dataclasses import replace
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from marketplace.asks.invitations.mailboxes import queries, service
from marketplace.asks.invitations.mailboxes.models import ReceivedMail
from marketplace.asks.invitations.mailboxes.rules import addresses, mails, states
from marketplace.asks.invitations.mailboxes.rules.mails import UnreadableMail, read_mail
from marketplace.asks.invitations.models import Invitation
from marketplace.config import current
from marketplace.db import session
from marketplace.errors import Invalid, NotFound
from marketplace.mail_in import MailIn
from marketplace.notifications.models import Message
from tests.asks.invitations.samples import ORGANISER, an_invitation
from tests.factories import a_coach, a_person, an_offering, open_all_week
from tests.smtp import free_port
from tests.transitions import states_of_the_database

OWN = "fairhour.example"


def a_mail(sender="Ada <ada@example.com>", **headers):
    mail = EmailMessage()
    mail["From"], mail["Subject"] = sender, "Fwd: Share ideas"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("See below.")
    return mail


def with_calendar(mail, raw=None, **how):
    mail.add_attachment(raw or an_invitation(), **{"maintype": "text", "subtype": "calendar"} | how)
    return mail


def forwarded(mail, inner):
    mail.add_attachment(inner)
    return mail


def read(mail, **how):
    raw = mail if isinstance(mail, bytes) else mail.as_bytes()
    return read_mail(raw, **{"null_sender": False, "own_domain": OWN} | how)


def inline(quote=""):
    mail = a_mail()
    mail.set_content("".join(quote + line for line in an_invitation().decode().splitlines(keepends=True)))
    return mail


def as_alternative():
    mail = a_mail()
    mail.add_alternative(an_invitation().decode(), subtype="calendar", params={"method": "REQUEST"})
    return mail


@pytest.mark.parametrize(
    "mail",
    [
        with_calendar(a_mail()),
        with_calendar(a_mail(), maintype="application", subtype="ics"),
        with_calendar(a_mail(), maintype="application", subtype="octet-stream", filename="Invite.ICS"),
        with_calendar(a_mail(), cte="quoted-printable"),
        with_calendar(a_mail(), cte="base64"),
        with_calendar(with_calendar(a_mail()), maintype="application", subtype="ics", filename="invite.ics"),
        as_alternative(),
        forwarded(a_mail(), with_calendar(a_mail("Hugo <hugo@acme.example.com>"))),
        forwarded(a_mail(), forwarded(a_mail("eve@acme.example.com"), as_alternative())),
        inline(),
        inline("> "),
        inline("> > "),
    ],
)
def test_an_invitation_is_found_however_it_was_forwarded(mail):
    found = read(mail)
    assert (found.sender, found.warning) == ("ada@example.com", None)
    (calendar,) = found.calendars
    assert b"UID:ideas@acme.example.com" in calendar


@pytest.mark.parametrize(
    ("headers", "warning"),
    [
        ({"Auto_Submitted": "auto-replied"}, mails.AUTOMATIC),
        ({"Auto_Submitted": "auto-generated (rejected)"}, mails.AUTOMATIC),
        ({"Auto_Submitted": "no"}, None),
        ({"X_Loop": "anything"}, mails.LOOP),
        ({"Message_ID": f"<019547d2-0000-7000-8000-000000000001@{OWN}>"}, mails.LOOP),
        ({"Message_ID": f"<ada.writes.herself@{OWN}>"}, None),
        ({"List_Id": "<friends.example.com>"}, mails.OF_A_LIST),
        ({"Precedence": "bulk"}, mails.OF_A_LIST),
    ],
)
def test_what_a_program_sent_or_sends_back_is_known(headers, warning):
    assert read(a_mail(**headers)).warning is warning


def test_who_sends_nobody_and_who_sends_as_several_is_nobody():
    assert read(a_mail(), null_sender=True).warning is mails.AUTOMATIC
    assert read(a_mail("ada@example.com, eve@example.com")).sender == ""
    assert read(b"From: ada@example.com\r\nFrom: eve@example.com\r\n\r\nx").sender == ""
    assert read(b"\xff\x00" * 50).calendars == ()


def test_containers_in_containers_are_read_to_a_depth():
    raw = b"From: a@example.com\r\nContent-Type: message/rfc822\r\n\r\n" * 3000
    with contextlib.suppress(UnreadableMail):
        assert read(raw).calendars == ()


@pytest.fixture
def address(ada, offering):
    return service.make_address(ada.user)


def arrive(address, mail, *, null_sender=False):
    before = set(session().scalars(select(ReceivedMail.id)))
    service.take_in(address, mail if isinstance(mail, bytes) else mail.as_bytes(), null_sender=null_sender)
    new = set(session().scalars(select(ReceivedMail.id))) - before
    for mail_id in new:
        service.read_received_mail(str(mail_id))
        service.read_received_mail(str(mail_id))
        return session().get(ReceivedMail, mail_id, populate_existing=True)
    return None


def own(ada, **headers):
    return with_calendar(a_mail(f"Ada <{ada.user.email}>", **headers))


def told(person):
    return session().scalars(select(Message.subject).where(Message.recipient == person.email)).all()


def invitations():
    return session().scalars(select(Invitation)).all()


def test_what_the_coach_forwards_waits_for_their_press_and_nobody_is_written_to(ada, address):
    mail = arrive(address, own(ada))
    (invitation,) = invitations()
    assert (mail.status, mail.raw, mail.invitation_id) == (states.USED, None, invitation.id)
    assert (invitation.status, invitation.source) == ("waiting", "mail")
    assert told(ada.user)[-1] == "Hugo Brandt invites you: Share ideas"
    assert session().scalars(select(Message).where(Message.recipient == ORGANISER)).all() == []


def test_the_same_mail_twice_is_one(ada, address):
    mail = own(ada).as_bytes()
    assert arrive(address, mail) is not None
    assert arrive(address, mail) is None
    assert len(told(ada.user)) == 1


def test_a_stranger_who_knows_the_address_does_nothing_by_it(ada, address):
    mail = arrive(address, with_calendar(a_mail("Eve <eve@example.com>")))
    assert (mail.status, mail.reason) == (states.HELD, mails.STRANGER.message)
    assert (invitations(), told(ada.user)) == ([], [])
    for stranger in (a_coach("beth").user, a_person("Noor")):
        with pytest.raises(NotFound):
            service.use(stranger, mail_id=mail.id)
        with pytest.raises(NotFound):
            service.discard(stranger, mail_id=mail.id)
    assert service.use(ada.user, mail_id=mail.id).status == "waiting"
    with pytest.raises(NotFound):
        service.use(ada.user, mail_id=mail.id)


def test_what_goes_round_is_never_answered(ada, address):
    for headers in ({"X_Loop": "1"}, {"Auto_Submitted": "auto-replied"}, {"List_Id": "<l.example.com>"}):
        assert arrive(address, own(ada, **headers)).status == states.HELD
    assert arrive(address, a_mail(ada.user.email), null_sender=True).status == states.FAILED
    assert (invitations(), told(ada.user)) == ([], [])


def test_what_cannot_be_used_is_kept_with_its_reason_and_few_mails_say_so(ada, address, moment):
    for number in range(addresses.MOST_ANSWERS + 3):
        mail = arrive(address, a_mail(ada.user.email, X_Number=str(number)))
        assert (mail.status, mail.reason) == (states.FAILED, mails.NO_INVITATION.message)
    assert len(told(ada.user)) == addresses.MOST_ANSWERS
    with pytest.raises(Invalid):
        service.use(ada.user, mail_id=mail.id)
    service.discard(ada.user, mail_id=mail.id)
    assert len(queries.of_coach(ada.user)) == addresses.MOST_ANSWERS + 2
    moment.advance(days=31)
    service.forget_old_mails()
    assert queries.of_coach(ada.user) == []


def test_an_address_takes_so_many_an_hour_and_keeps_so_many(ada, address, moment):
    for number in range(addresses.MOST_KEPT + 5):
        moment.advance(minutes=3)
        arrive(address, a_mail("eve@example.com", X_Number=str(number)))
    assert len(queries.of_coach(ada.user)) == addresses.MOST_KEPT
    while queries.came_lately(ada.id) < current().mail_in_per_hour:
        arrive(address, a_mail("eve@example.com", X_Other=str(queries.came_lately(ada.id))))
    with pytest.raises(service.TooManyMails):
        service.check_recipient(address)
    with pytest.raises(service.TooManyMails):
        service.take_in(address, b"From: eve@example.com\r\n\r\n", null_sender=False)
    moment.advance(hours=1)
    service.check_recipient(address)


def test_another_address_makes_the_one_before_useless_and_none_is_guessed(ada, address):
    second = service.make_address(ada.user)
    assert address != second
    assert len(second.partition("@")[0]) == len(addresses.PREFIX) + 32
    for gone in (
        address,
        "invite-@in.example.com",
        f"{second.partition('@')[0]}@example.com",
        "ada@in.example.com",
        "",
    ):
        with pytest.raises(service.NoSuchAddress):
            service.check_recipient(gone)
    service.check_recipient(second.upper())
    service.remove_address(ada.user)
    service.remove_address(ada.user)
    assert queries.address_of(ada.id) is None
    with pytest.raises(service.NoSuchAddress):
        service.take_in(second, b"x", null_sender=False)


def test_the_database_knows_the_states_of_mails(ada):
    assert states_of_the_database("received_mails") == set(states.STATES.states)


def test_on_the_page_an_address_is_made_and_what_was_held_is_used(browser_of, ada, offering):
    browser, page = browser_of(ada.user), "/dashboard/invitations/mail"
    made = browser.submit(f"{page}/address", seen=page, follow_redirects=True).get_data(as_text=True)
    address = queries.address_of(ada.id)
    assert address in made
    mail = arrive(address, with_calendar(a_mail("Eve <eve@example.com>")))
    assert "eve@example.com" in browser.get(page).get_data(as_text=True)
    used = browser.submit(f"{page}/{mail.id}/use", seen=page, follow_redirects=True).get_data(as_text=True)
    assert "420.00 USD" in used
    empty = arrive(address, a_mail("Eve <eve@example.com>"))
    refused = browser.submit(f"{page}/{empty.id}/use", seen=page, follow_redirects=True).get_data(as_text=True)
    assert "There is no invitation in this mail" in refused
    browser.submit(f"{page}/{empty.id}/discard", seen=page)
    browser.submit(f"{page}/address/remove", seen=page)
    assert queries.address_of(ada.id) is None


@pytest.mark.real
@pytest.mark.parametrize(("protocol", "client"), [("lmtp", smtplib.LMTP), ("smtp", smtplib.SMTP)])
def test_over_the_wire_a_mail_is_kept_before_it_is_said_to_be(real_app, moment, protocol, client):
    port = free_port()
    usual = real_app.extensions["settings"]
    real_app.extensions["settings"] = replace(
        usual, mail_in_port=port, mail_in_protocol=protocol, mail_in_most_bytes=20_000
    )
    with real_app.app_context():
        ada = open_all_week(a_coach("ada"))
        an_offering(ada)
        address = service.make_address(ada.user)
        mail = own(ada)
    server = MailIn(real_app)
    server.start()
    try:
        with client("127.0.0.1", port) as connection:
            assert connection.sendmail("ada@example.com", [address], mail.as_bytes()) == {}
            nobody = f"invite-{'a' * 32}@in.example.com"
            with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
                connection.sendmail("ada@example.com", [nobody], mail.as_bytes())
            assert refused.value.recipients[nobody][0] == 550
            second = connection.sendmail("ada@example.com", [address, address.upper()], mail.as_bytes())
            assert [code for code, _ in second.values()] == [452]
            with pytest.raises(smtplib.SMTPResponseException) as large:
                connection.sendmail("ada@example.com", [address], b"From: a@example.com\r\n\r\n" + b"x\r\n" * 20_000)
            assert large.value.smtp_code == 552
    finally:
        server.stop()
    with real_app.app_context():
        (kept,) = session().scalars(select(ReceivedMail)).all()
        assert (kept.status, kept.raw.replace(b"\r\n", b"\n").strip()) == (states.WAITING, mail.as_bytes().strip())
