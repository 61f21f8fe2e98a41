"""Reading calendars by a job: what is busy is not offered; what goes wrong is told, and nothing is lost."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from marketplace.bookings.cancellations import service as cancellations
from marketplace.calendars import queries
from marketplace.calendars.models import BusyTime
from marketplace.calendars.rules.expansion import digest
from marketplace.calendars.service import imports as calendar_imports
from marketplace.calendars.service import subscriptions as calendar_subscriptions
from marketplace.db import session
from marketplace.errors import Invalid, NotFound
from marketplace.scheduling.queries import free_times
from tests.calendars import servers
from tests.calendars.servers import MORNING, calendar, says
from tests.factories import a_booking, a_coach, a_person, an_offering, open_all_week

NINE = datetime(2027, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def read(ada, web, run_jobs):
    """Adds the calendar that the server serves; reading it again is `read.again()`."""

    class Reading:
        def __call__(self, answer, url=None, **more):
            web.answer = answer
            added = calendar_subscriptions.add(ada.user, kind="ics", name="Work", url=url or web.url, **more)
            self.id = added.id
            run_jobs()
            return self.now()

        def again(self, answer):
            web.answer = answer
            calendar_subscriptions.read_now(ada.user, calendar_id=self.id)
            run_jobs()
            return self.now()

        def now(self):
            return next(one for one in queries.calendars_of(ada.user) if one.id == self.id)

    return Reading()


def busy():
    session().commit()
    return list(session().scalars(select(BusyTime.starts_at).order_by(BusyTime.starts_at)))


def test_what_is_busy_elsewhere_is_not_offered(ada, read):
    offering = an_offering(ada)
    assert free_times.is_free(offering, NINE)
    listed = read(says(calendar(MORNING)))
    assert listed.state == "Read just now: 1 busy time."
    assert busy() == [NINE]
    assert not free_times.is_free(offering, NINE)


def test_an_unchanged_calendar_is_not_sent_again(read, web):
    read(says(calendar(MORNING), ETag='"one"'))
    listed = read.again(says(b"", 304))
    assert web.requests[-1][1]["If-None-Match"] == '"one"'
    assert listed.works
    assert busy() == [NINE]


def test_what_was_taken_out_elsewhere_is_offered_again(read):
    read(says(calendar(MORNING), ETag='"one"'))
    read.again(says(calendar("DTSTART:20270303T090000Z\nDTEND:20270303T100000Z"), ETag='"two"'))
    assert busy() == [datetime(2027, 3, 3, 9, tzinfo=UTC)]


BAD = {
    "5 MB": servers.five_megabytes,
    "endless": servers.endless,
    "a bomb": servers.bomb,
    "never answers": servers.never_answers,
    "drips": servers.drips,
    "drips its headers": servers.drips_headers,
    "breaks off": servers.breaks_off,
    "not found": says(b"gone", 404),
    "broken inside": says(b"oops", 500),
    "a page": says(b"<html><body>Sign in</body></html>", Content_Type="text/html"),
    "no calendar at all": says(b"\x00\xff\x00"),
    "elsewhere, inside": says(b"", 302, Location="http://127.0.0.1:9/inside.ics"),
    "round and round": says(b"", 302, Location="/calendar.ics"),
}


@pytest.mark.parametrize("answer", BAD.values(), ids=BAD)
def test_a_bad_server_is_told_of_soon_and_what_was_read_before_is_kept(read, allow, web, answer):
    read(says(calendar(MORNING), ETag='"one"'))
    allow(web.place, seconds=1)
    # A server that never ends is left, else this test would not end either.
    read.again(answer)
    listed = read.now()
    assert listed.error
    assert not listed.works
    assert "We keep the busy times read just now." in listed.state
    assert busy() == [NINE]


def test_fifty_thousand_recurrences_are_busy_and_hide_nothing(ada, read):
    often = "DTSTART:20270304T000000Z\nDURATION:PT1M\nRRULE:FREQ=MINUTELY;COUNT=50000"
    listed = read(says(calendar(MORNING, often)))
    assert listed.works
    assert busy() == [NINE, datetime(2027, 3, 4, tzinfo=UTC)]
    assert not free_times.is_free(an_offering(ada), datetime(2027, 4, 7, 16, tzinfo=UTC))


def test_what_was_not_understood_is_told_to_the_coach_with_its_line(ada, read, api, browser_of):
    listed = read(says(calendar("SUMMARY:Secret\nDTSTART:20270302T09:99", "SUMMARY:Secret\nno colon", MORNING)))
    assert "3 lines were not understood for certain; what counts instead is listed." in listed.state
    (told,) = api(ada.user).get("/coach/calendars").json
    assert told["doubt_count"] == 3
    assert [(doubt["line"], doubt["text"]) for doubt in told["doubts"]] == [
        (8, "DTSTART:20270302T09:99"),
        (10, ""),
        (14, ""),
    ]
    page = browser_of(ada.user).get("/dashboard/calendars").get_data(as_text=True)
    assert "DTSTART:20270302T09:99" in page
    assert "Not a time. The whole day counts." in page
    assert "Secret" not in page + str(told)
    assert "no colon" not in page + str(told)
    assert not read.again(says(calendar(MORNING))).doubts


def test_a_calendar_that_is_cut_off_frees_nothing(read):
    read(says(calendar(MORNING), ETag='"one"'))
    after = "DTSTART:20270303T090000Z\nDURATION:PT1H"
    listed = read.again(says(calendar(after, "DTSTART:20270304T090000Z")[:-30], ETag='"two"'))
    assert "The calendar ends in the middle." in listed.error
    assert not listed.works
    assert busy() == [NINE, datetime(2027, 3, 3, 9, tzinfo=UTC)]
    listed = read.again(says(calendar(after), ETag='"two"'))
    assert listed.works
    assert busy() == [datetime(2027, 3, 3, 9, tzinfo=UTC)]


def test_a_time_that_another_event_takes_is_of_that_event(read):
    for uid in ("first@elsewhere", "second@elsewhere"):
        text = says(calendar(f"UID:{uid}\n{MORNING}"))
        read(text) if uid.startswith("first") else read.again(text)
        assert busy() == [NINE]
        assert session().scalars(select(BusyTime.event)).all() == [digest(uid)]


@pytest.mark.parametrize("whose", ["the coach's", "the coach's, cancelled", "the mentee's", "of another site"])
def test_only_sessions_that_the_coach_gives_here_are_not_busy_a_second_time(ada, read, stripe, run_jobs, whose):
    """The mentee of a session is busy, in whose calendar it stands: a coach may buy another coach's hour."""
    if whose == "of another site":
        uid = "019547d2-0000-7000-8000-000000000001"
    elif whose == "the mentee's":
        uid = a_booking(ada.user, an_offering(open_all_week(a_coach("eve"))), NINE, stripe).id
    else:
        mia = a_person("Mia")
        uid = (booking := a_booking(mia, an_offering(ada), NINE, stripe)).id
        if "cancelled" in whose:
            cancellations.cancel(mia, booking_id=booking.id, expected_refund_cents=12000)
    run_jobs()
    listed = read(
        says(calendar(f"UID:{uid}@fairhour\n{MORNING}", f"UID:x@fairhour\n{MORNING.replace('0302', '0303')}"))
    )
    own = "coach" in whose
    assert busy() == ([] if own else [NINE]) + [datetime(2027, 3, 3, 9, tzinfo=UTC)]
    assert listed.busy_times == (1 if own else 2)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:9/x.ics", "http://localhost:9/x.ics", "http://[::1]:9/x.ics", "http://169.254.169.254/latest"],
)
def test_addresses_inside_the_network_are_not_read(read, url):
    listed = read(says(b""), url=url)
    assert "Nothing was read yet." in listed.state
    assert not listed.works


def test_a_redirect_to_a_server_inside_is_not_followed(read, other_server):
    other_server.answer = says(calendar(MORNING))
    read(says(b"", 302, Location=other_server.url))
    assert other_server.requests == []
    assert busy() == []


@pytest.mark.parametrize("url", ["ftp://x.example/a", "nothing", "https://", "file:///etc/passwd"])
def test_what_is_no_address_is_refused_naming_the_field(ada, url):
    with pytest.raises(Invalid) as refusal:
        calendar_subscriptions.add(ada.user, kind="ics", name="Work", url=url)
    assert list(refusal.value.fields) == ["url"]


def test_removing_a_calendar_frees_its_times(ada, read):
    listed = read(says(calendar(MORNING)))
    calendar_subscriptions.remove(ada.user, calendar_id=listed.id)
    assert busy() == []


def test_the_sweep_reads_what_is_due(read, web, moment, run_jobs):
    read(says(calendar(MORNING)))
    seen = len(web.requests)
    calendar_imports.fetch_calendars()
    run_jobs()
    assert len(web.requests) == seen
    moment.advance(minutes=16)
    calendar_imports.fetch_calendars()
    run_jobs()
    assert len(web.requests) == seen + 1


def test_a_stranger_finds_nothing(ada, read):
    listed = read(says(calendar(MORNING)))
    noor = a_person("Noor")
    with pytest.raises(NotFound):
        calendar_subscriptions.remove(noor, calendar_id=listed.id)
    with pytest.raises(NotFound):
        calendar_subscriptions.read_now(noor, calendar_id=listed.id)
