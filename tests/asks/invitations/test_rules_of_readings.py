"""Invitations of many calendar programs are read; what is none is refused with its reason."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.asks.invitations.rules import people, reading, reasons
from marketplace.asks.invitations.rules.reading import NotAnInvitation, read
from marketplace.calendars.rules.content_lines import ContentLine

CORPUS = Path(__file__).parent / "corpus"
NOW = datetime(2027, 1, 4, 8, tzinfo=UTC)

# file, organiser, address, minutes, beginning, zone, sessions to come, without an end, others who are invited
READ = (
    ("apple-calendar", "Nia Rees", "nia@studio.example.com", 45, "2027-01-18T11:00Z", "Europe/London", 1, False, 1),
    ("apple-duration-utf16", "阿部 葵", "aoi@studio.example.com", 75, "2027-01-19T10:00Z", "Asia/Tokyo", 1, False, 0),
    ("cal-com", "Eve Stone", "eve@cal.example.com", 30, "2027-02-01T10:30Z", "UTC", 4, False, 1),
    ("calendly", "Omar Haddad", "omar@growth.example.com", 30, "2027-01-21T16:00Z", "UTC", 1, False, 1),
    ("fastmail", "Tove Berg", "tove@fjord.example.com", 50, "2027-01-25T11:00Z", "Europe/Oslo", 1, False, 1),
    ("gmx-open-xchange", "Kern, Ute", "ute@gm.example.com", 30, "2027-02-03T16:00Z", "Europe/Berlin", 1, False, 1),
    ("google-one-of-a-series", "Jo Field", "jo@field.example.com", 60, "2027-02-05T15:00Z", "UTC", 1, False, 1),
    ("google-share-ideas", "Hugo Brandt", "hugo.brandt@acme.example.com", 210, "2027-01-12T14:00Z", "UTC", 1, False, 1),
    (
        "google-weekly-ten",
        "Priya Nair",
        "priya@startup.example.com",
        30,
        "2027-01-06T15:00Z",
        "America/New_York",
        9,
        False,
        1,
    ),
    ("indented-folded-junk", "Ines 'Nes' Paz", "ines@mail.example.com", 45, "2027-02-08T08:00Z", "UTC", 52, True, 0),
    ("lotus-notes", "Pat Hill/Dept/Corp", "pat.hill@corp.example.com", 60, "2027-02-02T18:00Z", "Eastern", 1, False, 1),
    ("nextcloud", "Leni Vogt", "leni@verein.example.com", 120, "2027-01-22T12:00Z", "Europe/Berlin", 1, False, 1),
    (
        "outlook-desktop",
        "Claire: Dubois, SARL",
        "claire.dubois@sarl.example.com",
        90,
        "2027-01-14T13:30Z",
        "Europe/Paris",
        1,
        False,
        1,
    ),
    (
        "outlook-exchange",
        "Weber, Jonas",
        "jonas.weber@konzern.example.com",
        60,
        "2027-01-13T08:00Z",
        "Europe/Berlin",
        1,
        False,
        2,
    ),
    (
        "outlook-monthly",
        "Ravi Menon",
        "ravi@works.example.com",
        45,
        "2027-01-12T08:30Z",
        "Customized Time Zone",
        6,
        False,
        1,
    ),
    ("proton", "urs@pm.example.com", "urs@pm.example.com", 60, "2027-01-28T09:00Z", "Europe/Zurich", 1, False, 1),
    ("teams", "Sam Okafor", "sam.okafor@bank.example.com", 60, "2027-01-15T08:00Z", "UTC", 1, False, 3),
    ("thunderbird", "luc", "luc@libre.example.com", 60, "2027-01-26T13:00Z", "Europe/Paris", 5, False, 1),
    ("yahoo", "Bo Carter", "bo@ya.example.com", 30, "2027-01-29T15:00Z", "America/Chicago", 1, False, 1),
    ("zoho", "Meera Shah", "meera@zo.example.com", 45, "2027-01-27T10:00Z", "Asia/Kolkata", 1, False, 1),
    ("zoom", "Maya Lin", "maya@labs.example.com", 40, "2027-01-20T17:00Z", "America/Los_Angeles", 1, False, 0),
)
REFUSED = (
    ("broken-a-counter", reasons.PROPOSAL),
    ("broken-a-mail-as-text", reasons.NO_CALENDAR),
    ("broken-a-page", reasons.NO_CALENDAR),
    ("broken-a-reply", reasons.ANSWER),
    ("broken-a-task", reasons.NO_EVENT),
    ("broken-all-day", reasons.ALL_DAY),
    ("broken-beginning-is-none", reasons.NO_START),
    ("broken-cut-off", reasons.CUT_OFF),
    ("broken-day-that-is-none", reasons.DOUBTFUL_START),
    ("broken-empty", reasons.EMPTY),
    ("broken-endless-uid", reasons.UID_TOO_LONG),
    ("broken-ends-first", reasons.DOUBTFUL_END),
    ("broken-every-second", reasons.TOO_OFTEN),
    ("broken-five-minutes", reasons.TOO_SHORT),
    ("broken-free-busy", reasons.BUSY_ONLY),
    ("broken-in-ten-years", reasons.TOO_FAR),
    ("broken-no-beginning", reasons.NO_START),
    ("broken-no-length", reasons.NO_LENGTH),
    ("broken-no-organiser", reasons.NO_ORGANISER),
    ("broken-no-uid", reasons.NO_UID),
    ("broken-organiser-is-a-calendar", reasons.ORGANISER_UNREACHABLE),
    ("broken-organiser-without-address", reasons.ORGANISER_UNREACHABLE),
    ("broken-our-own-session", reasons.OWN_SESSION),
    ("broken-over", reasons.OVER),
    ("broken-two-days-long", reasons.TOO_LONG),
    ("broken-two-meetings", reasons.SEVERAL),
    ("broken-two-organisers", reasons.SEVERAL_ORGANISERS),
    ("broken-unknown-method", reasons.UNKNOWN_METHOD),
    ("broken-unknown-rule", reasons.UNKNOWN_RULE),
    ("broken-unknown-zone", reasons.UNKNOWN_ZONE),
)


def of_file(name, now=NOW):
    return read((CORPUS / f"{name}.ics").read_bytes(), zone="Europe/Berlin", now=now)


@pytest.mark.parametrize(
    ("name", "organiser", "email", "minutes", "starts_at", "zone", "sessions", "endless", "others"), READ
)
def test_who_how_long_when_and_how_often(name, organiser, email, minutes, starts_at, zone, sessions, endless, others):
    found = of_file(name)
    assert found.organiser is not None
    assert (found.organiser.name, found.organiser.email, found.minutes) == (organiser, email, minutes)
    assert found.starts_at is not None
    assert (f"{found.starts_at:%Y-%m-%dT%H:%MZ}", found.zone) == (starts_at, zone)
    assert (found.sessions, found.endless, len(found.attendees)) == (sessions, endless, others)


@pytest.mark.parametrize(("name", "reason"), REFUSED)
def test_what_is_broken_is_refused_with_its_reason(name, reason):
    with pytest.raises(NotAnInvitation) as refused:
        of_file(name)
    assert refused.value.reason is reason


def test_the_corpus_has_twenty_of_each_and_none_that_nobody_looks_at():
    tried = {name for name, *_ in (*READ, *REFUSED)} | {"cancel-google"}
    assert {path.stem for path in CORPUS.glob("*.ics")} == tried
    assert len(READ) >= 20
    assert len(REFUSED) >= 20


def test_a_cancellation_names_the_meeting_and_its_version():
    found = of_file("cancel-google")
    assert (found.method, found.uid, found.sequence) == ("CANCEL", "7kukuqrfedlm2f9t0vr7q1qs8k@google.com", 1)


def test_a_series_that_has_begun_is_about_what_is_to_come():
    found = of_file("google-weekly-ten", datetime(2027, 2, 1, tzinfo=UTC))
    assert (f"{found.starts_at:%m-%d}", found.sessions) == ("02-03", 6)
    with pytest.raises(NotAnInvitation) as over:
        of_file("google-weekly-ten", datetime(2027, 4, 1, tzinfo=UTC))
    assert over.value.reason is reasons.OVER


def test_more_than_an_invitation_ever_has_is_not_read():
    with pytest.raises(NotAnInvitation) as refused:
        read(b"x" * (reading.MOST_BYTES + 1), zone="UTC", now=NOW)
    assert refused.value.reason is reasons.TOO_LARGE


@pytest.mark.parametrize(
    ("line", "name", "email"),
    [
        ("ORGANIZER:mailto:bo@ex.example.com", "bo", "bo@ex.example.com"),
        ("ORGANIZER:MAILTO:bo@ex.example.com", "bo", "bo@ex.example.com"),
        ('ORGANIZER;CN="Bo; x: y":mailto:bo@ex.example.com', "Bo; x: y", "bo@ex.example.com"),
        ('ORGANIZER;CN="Bo:mailto:bo@ex.example.com', "Bo", "bo@ex.example.com"),
        ("ORGANIZER;CN=\u202eoB:mailto:bo@ex.example.com", "oB", "bo@ex.example.com"),
        ("ORGANIZER;CN=Bo:bo@ex.example.com", "Bo", "bo@ex.example.com"),
        ("ORGANIZER;CN=Bo:mailto:bo@ex.example.com?subject=x", "Bo", "bo@ex.example.com"),
        ("ORGANIZER;CN=Bo:CN=BO/O=CORP", "Bo", ""),
        ("ORGANIZER;CN=Bo:mailto:bo@ex.example.com\nbcc:eve@ex.example.com", "Bo", ""),
    ],
)
def test_addresses_are_read_however_they_are_written_and_none_is_made_up(line, name, email):
    found = people.invitee(ContentLine(1, "ORGANIZER", line))
    assert (found.name, found.email) == (name, email)


@given(st.sampled_from([name for name, *_ in READ]), st.integers(0, 2000), st.binary(max_size=6))
def test_whatever_is_damaged_is_read_or_refused_and_nothing_else(name, place, damage):
    raw = (CORPUS / f"{name}.ics").read_bytes()
    at = place % len(raw)
    try:
        found = read(raw[:at] + damage + raw[at + len(damage) :], zone="Asia/Kathmandu", now=NOW)
    except NotAnInvitation:
        return
    assert found.method == reading.CANCEL or (10 <= found.minutes <= 480 and found.starts_at >= NOW)
    assert found.method == reading.CANCEL or 1 <= found.sessions <= reading.MOST_SESSIONS
