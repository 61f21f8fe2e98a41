"""Invitations as organisers send them, for tests of what becomes of them."""

from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
ORGANISER = "hugo.brandt@acme.example.com"


def an_invitation(
    *,
    method: str = "REQUEST",
    uid: str = "ideas@acme.example.com",
    sequence: int = 0,
    starts: str = "20270315T140000Z",
    ends: str = "20270315T173000Z",
    organiser: str = ORGANISER,
    attendees: tuple[str, ...] = ("ada@example.com",),
    more: str = "",
) -> bytes:
    """Half a day "to share ideas", on the Monday in two weeks."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Acme//Calendar//EN",
        f"METHOD:{method}",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:20270301T0800{sequence:02}Z",
        f"SEQUENCE:{sequence}",
        f"DTSTART:{starts}",
        f"DTEND:{ends}",
        f"ORGANIZER;CN=Hugo Brandt:mailto:{organiser}",
        *(f"ATTENDEE;RSVP=TRUE:mailto:{each}" for each in attendees),
        "SUMMARY:Share ideas",
        *([more] if more else []),
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    return "\r\n".join(lines).encode()
