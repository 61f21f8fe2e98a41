"""What a mail brings: its sender, its invitations, whether a program sent it. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import getaddresses

from marketplace.accounts.addresses.rules import normalized
from marketplace.asks.invitations.rules.people import shown
from marketplace.languages import LazyText
from marketplace.languages import lazy_gettext as _l

MOST_PARTS, DEEPEST = 200, 20
LONGEST_SUBJECT = 200
CALENDAR_TYPES = {"text/calendar", "application/ics", "text/x-vcalendar", "application/calendar"}
CALENDAR_NAME = re.compile(r"\.(?:ics|ical|ifb|vcs)$", re.IGNORECASE)
# An invitation that a mail program quoted: "> " before each line.
QUOTED = re.compile(r"^[>\s|]*(?=[A-Z-]+[:;])", re.MULTILINE)
INLINE = re.compile(r"BEGIN:VCALENDAR.*?END:VCALENDAR", re.DOTALL | re.IGNORECASE)
OURS = re.compile(r"<[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}@([^>\s]+)>", re.IGNORECASE)
OF_LISTS = ("List-Id", "List-Post", "List-Help", "List-Unsubscribe", "Mailing-List")

UNREADABLE = _l("This is no mail that can be read.")
NO_INVITATION = _l("There is no invitation in this mail: forward the mail that the organiser sent, or its .ics file.")
AUTOMATIC = _l("A program sent this mail by itself. Look at it, and use it if you want to.")
OF_A_LIST = _l("This mail came from a list. Look at it, and use it if you want to.")
LOOP = _l("This is a mail that we sent ourselves and that was forwarded back.")
STRANGER = _l("This mail did not come from your own address. Look at it, and use it if you want to.")


class UnreadableMail(ValueError):
    """What came is no mail; the message is for its coach."""


@dataclass(frozen=True)
class ReadMail:
    """A mail: who it says it is from ('' where that is not one address), and the texts of invitations in it.

    `warning` says why it must not count by itself, and is never answered by a mail: LOOP, AUTOMATIC, OF_A_LIST; None.
    """

    sender: str
    subject: str
    calendars: tuple[bytes, ...]
    warning: LazyText | None


def read_mail(raw: bytes, *, null_sender: bool, own_domain: str) -> ReadMail:
    """What stands in a mail as it came over the wire; raises UnreadableMail."""
    try:
        mail = message_from_bytes(raw, policy=default)
        assert isinstance(mail, EmailMessage)
        return ReadMail(
            sender=_sender(mail),
            subject=shown(_header(mail, "Subject"), LONGEST_SUBJECT),
            calendars=tuple(_calendars(mail)),
            warning=_warning(mail, null_sender=null_sender, own_domain=own_domain),
        )
    # The library raises whatever it stumbles over: strangers write these texts.
    except Exception as error:
        raise UnreadableMail(UNREADABLE.message) from error


def _header(mail: Message, name: str) -> str:
    try:
        return str(mail.get(name, ""))
    except Exception:
        return ""


def _sender(mail: Message) -> str:
    """The one address in From; '' where there is none, or several, for then nobody can be trusted."""
    found = getaddresses([_header(mail, "From")])
    if len(found) != 1 or len(mail.get_all("From", [])) != 1:
        return ""
    try:
        return normalized(found[0][1])
    except ValueError:
        return ""


def _warning(mail: Message, *, null_sender: bool, own_domain: str) -> LazyText | None:
    identity = OURS.search(_header(mail, "Message-ID"))
    if mail.get("X-Loop") is not None or (identity and identity[1].casefold() == own_domain.casefold()):
        return LOOP
    if null_sender or _header(mail, "Auto-Submitted").strip().casefold().partition(";")[0] not in {"", "no"}:
        return AUTOMATIC
    bulk = _header(mail, "Precedence").strip().casefold() in {"bulk", "list", "junk"}
    return OF_A_LIST if bulk or any(mail.get(name) is not None for name in OF_LISTS) else None


def _calendars(mail: Message) -> Iterator[bytes]:
    """Every invitation in the mail and in mails inside it, each once: programs send a text and a file of it."""
    seen: set[bytes] = set()
    found = False
    for part in _parts(mail):
        name = part.get_filename() or ""
        if part.get_content_type() in CALENDAR_TYPES or CALENDAR_NAME.search(name):
            text = _payload(part)
            bare = b"".join(text.split())
            if bare and bare not in seen:
                seen.add(bare)
                found = True
                yield text
    if found:
        return
    for part in _parts(mail):
        if part.get_content_type() == "text/plain":
            words = QUOTED.sub("", _payload(part).decode("utf-8", "replace"))
            for inline in INLINE.findall(words):
                yield inline.encode()


def _parts(mail: Message, depth: int = 0) -> Iterator[Message]:
    """The parts that are no containers, of mails that were forwarded as attachments too."""
    count = 0
    waiting = [(mail, depth)]
    while waiting:
        part, depth = waiting.pop(0)
        count += 1
        if count > MOST_PARTS or depth > DEEPEST:
            return
        if part.is_multipart():
            waiting += [(each, depth + 1) for each in part.get_payload() if isinstance(each, Message)]
        else:
            yield part


def _payload(part: Message) -> bytes:
    """The bytes of a part, its transfer encoding undone."""
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""
