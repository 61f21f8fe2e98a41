"""The copy of a meeting in its coach's own calendar is not in the way of its quote; anything else there is."""

from datetime import UTC, datetime

import pytest

from marketplace.asks.invitations import queries
from marketplace.asks.invitations.service import quoting, receiving
from marketplace.calendars.service import subscriptions as calendar_subscriptions
from marketplace.scheduling.queries import free_times
from tests.asks.invitations.samples import an_invitation
from tests.calendars.conftest import allow, web, web_server  # noqa: F401  fixtures
from tests.calendars.servers import calendar, says

MEETS = datetime(2027, 3, 15, 14, tzinfo=UTC)
THEN = "DTSTART:20270315T140000Z\nDTEND:20270315T173000Z"
COPY = f"UID:ideas@acme.example.com\n{THEN}"
BEFORE, AFTER = "DTSTART:20270315T130000Z\nDURATION:PT1H", "DTSTART:20270315T173000Z\nDURATION:PT1H"
WITHIN = "DTSTART:20270315T150000Z\nDURATION:PT1H"
BUSY_ONLY = b"""BEGIN:VCALENDAR\r
VERSION:2.0\r
BEGIN:VFREEBUSY\r
UID:ideas@acme.example.com\r
FREEBUSY:20270315T140000Z/20270315T173000Z\r
END:VFREEBUSY\r
END:VCALENDAR\r
"""


@pytest.fixture
def quoted(ada, offering, web, run_jobs):  # noqa: F811
    """Reads a calendar of Ada's, and quotes for the meeting; whether its own time is held."""

    def quoted(text):
        web.answer = says(text)
        calendar_subscriptions.add(ada.user, kind="ics", name="Work", url=web.url)
        run_jobs()
        received = receiving.receive(ada.user, text=an_invitation()).invitation
        invitation = quoting.quote(ada.user, invitation_id=received.id)
        return queries.live_quote(invitation.ask_id).booking_id is not None

    return quoted


@pytest.mark.parametrize(
    ("events", "free"),
    [
        ((COPY,), True),
        # What comes just before and just after is another matter.
        ((BEFORE, COPY, AFTER), True),
        # Its organiser has moved the end since, and the calendar has heard of it already.
        ((COPY.replace("T173000Z", "T180000Z"),), True),
        ((THEN,), False),
        ((f"UID:another@acme.example.com\n{THEN}",), False),
        ((COPY, THEN), False),
        ((COPY, WITHIN), False),
        ((WITHIN,), False),
    ],
)
def test_a_copy_is_known_by_its_uid(quoted, events, free):
    assert quoted(calendar(*events)) is free


def test_a_calendar_that_only_says_when_has_no_copies(quoted):
    assert not quoted(BUSY_ONLY)


def test_a_copy_is_busy_for_everybody_else(quoted, offering):
    quoted(calendar(COPY))
    assert not free_times.is_free(offering, MEETS)
