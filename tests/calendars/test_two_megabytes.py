"""No calendar is more work to read than it is given, whatever it was made for."""

import json
import resource
import subprocess
from datetime import datetime

import pytest

from bench.calendar_attacks import ATTACKS, calendar
from marketplace.calendars.rules.series import TOO_OFTEN
from marketplace.calendars.service.imports import WORKING_OUT
from marketplace.child_process import ROOT
from tests.calendars.reading import END, START, found_in, whole
from tests.calendars.test_reading_fuzzed import AFTER, BEFORE, TWO

pytestmark = pytest.mark.pure


# These took all the time that there was: a step for each pair of two things that a calendar has many of.
OF_PAIRS = {
    "every weekday that there is",
    "one weekday, over and over",
    "one UID without a rule",
    "spaces in a zone",
    "events without a beginning",
}


@pytest.mark.parametrize(
    "what", [pytest.param(one, marks=[] if one in OF_PAIRS else pytest.mark.slow) for one in ATTACKS]
)
def test_two_megabytes_are_read_within_the_limits_of_the_program_and_200_megabytes(what):
    """By the program that the worker starts; what else it holds stays busy."""
    text = calendar(BEFORE + ATTACKS[what]() + AFTER)
    asked = json.dumps({"zone": "UTC", "start": START.isoformat(), "end": END.isoformat(), "most": 20_000}).encode()

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (200 * 1024**2, 200 * 1024**2))

    child = subprocess.run(
        WORKING_OUT, input=asked + b"\n" + text, capture_output=True, cwd=ROOT, env={}, preexec_fn=limited, check=False
    )
    assert child.returncode == 0, child.stderr[-500:]
    busy = [[datetime.fromisoformat(moment) for moment in told[:2]] for told in json.loads(child.stdout)["busy"]]
    assert any(first <= TWO[0] < last for first, last in busy), busy[:3]


def event(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT", ""])


def test_every_change_of_a_series_is_used_once_though_two_series_share_its_uid():
    """The instance at nine is taken from where it was, the other event stays."""
    found = found_in(
        calendar(
            event("UID:x", "DTSTART:20270302T090000Z", "DURATION:PT1H")
            + event("UID:x", "DTSTART:20270302T103000Z", "DURATION:PT1H")
            + event("UID:x", "RECURRENCE-ID:20270302T090000Z", "DTSTART:20270302T130000Z", "DURATION:PT1H")
        )
    )
    assert [(begins.hour, begins.minute) for begins, _ in whole(found.busy)] == [(10, 30), (13, 0)]


def test_the_last_change_that_holds_from_then_on_is_the_one_that_counts():
    series = event("UID:x", "DTSTART:20270301T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=6")
    changes = (
        event(
            "UID:x",
            f"RECURRENCE-ID;RANGE=THISANDFUTURE:202703{day:02}T090000Z",
            f"DTSTART:202703{day:02}T{hour:02}0000Z",
            "DURATION:PT1H",
        )
        for day, hour in ((5, 15), (3, 12))
    )
    found = found_in(calendar(series + "".join(changes)))
    assert [begins.hour for begins, _ in whole(found.busy)] == [9, 9, 12, 12, 15, 15]


def test_once_no_work_is_left_every_series_is_busy_all_the_time():
    series = (
        event(f"UID:{hour}", f"DTSTART:20270301T{hour:02}0000Z", "DURATION:PT1S", "RRULE:FREQ=SECONDLY")
        for hour in range(6)
    )
    once = event("UID:once", "DTSTART:20270228T090000Z", "DURATION:PT1H")
    found = found_in(calendar("".join(series) + once))
    assert [doubt.sentence for doubt in found.doubts] == [TOO_OFTEN] * 6
    assert [(begins.day, begins.hour) for begins, _ in whole(found.busy)] == [(28, 9), (1, 0)]
    assert found.busy[-1].ends >= END


def test_what_is_loose_before_an_event_that_does_not_begin_stays_the_calendars():
    """A free busy-status is taken along by the event that it stands before, so it hides none of those that follow."""
    loose = "X-WR-TIMEZONE:Asia/Tokyo\r\nX-MICROSOFT-CDO-BUSYSTATUS:FREE\r\n"
    begins = "DTSTART:202703{:02}T090000\r\nDURATION:PT1H\r\nEND:VEVENT\r\n"
    found = found_in(calendar(loose + begins.format(2) + begins.format(3)))
    assert [(begins.day, begins.hour) for begins, _ in whole(found.busy)] == [(3, 0)]
