"""What a mail is made of: paragraphs, links, an invite among the alternatives. Pure."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import urlsplit
from uuid import UUID

from marketplace.text import mail_address

MAX_ATTEMPTS = 10

# What stays of a mail whose link let its reader in.
SECRET_GONE = "The link in this mail let its reader in. It is not kept.\n"  # noqa: S105


def one_line(text: str) -> str:
    """A subject without line breaks, which would end the header."""
    return " ".join(text.split())


def is_final(attempts: int, refused_for_good: bool) -> bool:
    """Is there no sense in another try?"""
    return refused_for_good or attempts >= MAX_ATTEMPTS


def is_refused_for_good(smtp_code: int) -> bool:
    """RFC 5321 4.2.1: replies of 500 and more mean that a repetition will be refused alike."""
    return smtp_code >= 500


def mail(
    *,
    message_id: UUID,
    sender: str,
    recipient: str,
    subject: str,
    text: str,
    html: str | None,
    calendar: str | None,
    calendar_method: str | None,
    created_at: datetime,
    public_url: str,
    unsubscribe_url: str | None = None,
) -> EmailMessage:
    """The message as it goes over the wire; the same row always makes the same Message-ID.

    Raises ValueError or MessageError where no mail can be made, as for an address that has letters beyond ASCII before
    its @. An invite is one of the alternatives (RFC 6047 2.4), so that mail programs show it as an event. With an
    `unsubscribe_url`, mail programs show a button that asks it for no more of the kind (RFC 8058).
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = _sender(sender)
    message["To"] = _mailbox("", recipient)
    message["Subject"] = one_line(subject)
    message["Date"] = format_datetime(created_at)
    message["Message-ID"] = f"<{message_id}@{_domain(sender, public_url)}>"
    message["Auto-Submitted"] = "auto-generated"
    if unsubscribe_url is not None:
        message["List-Unsubscribe"] = f"<{unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text)
    if html is not None:
        message.add_alternative(html, subtype="html")
    if calendar is not None:
        _add_calendar(message, calendar, calendar_method or "REQUEST")
    return message


def _add_calendar(message: EmailMessage, calendar: str, method: str) -> None:
    """What is published is a file to keep: an invitation is about one event (RFC 5546 3.2.2)."""
    named = {"method": method}
    if method == "PUBLISH":
        message.add_attachment(calendar, subtype="calendar", filename="sessions.ics", params=named)
    else:
        message.add_alternative(calendar, subtype="calendar", params=named)


def _sender(said: str) -> Address | str:
    name, address = parseaddr(said)
    return said if said.isascii() else _mailbox(name, address)


def _mailbox(name: str, address: str) -> Address:
    written = mail_address(address)
    if not written.isascii():
        raise ValueError(f"No mail server can be asked for {address!r}.")
    return Address(name, addr_spec=written)


def _domain(sender: str, public_url: str) -> str:
    return mail_address(parseaddr(sender)[1]).partition("@")[2] or urlsplit(public_url).hostname or "localhost"
