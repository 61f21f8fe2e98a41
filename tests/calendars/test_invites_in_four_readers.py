"""An invite is read alike by whatever program it comes to, at every change of every zone's clocks."""

import fcntl
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest
import vobject
from icalendar import Calendar

from marketplace.notifications.rules.calendar_events import calendar_file
from tests.notifications.test_calendar_events import BOOKED, HOUR, MEETING

READERS = Path(__file__).parent / "readers"
INSTALLED = Path(__file__).parents[2] / "instance" / "calendar-readers"
FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC)
AROUND = [timedelta(minutes=minutes) for minutes in (-90, -60, -30, 0, 30)]

pytestmark = [pytest.mark.pure, pytest.mark.slow]

Times = dict[str, tuple[datetime, datetime]]


def changes(zone: str) -> Iterator[datetime]:
    """The instants at which a zone's clock is put forward or back."""
    there, low = ZoneInfo(zone), FIRST
    while low < LAST:
        high = low + timedelta(days=7)
        if low.astimezone(there).utcoffset() != high.astimezone(there).utcoffset():
            known, sought = low, high
            while sought - known > timedelta(minutes=1):
                middle = known + (sought - known) // timedelta(minutes=2) * timedelta(minutes=1)
                same = middle.astimezone(there).utcoffset() == low.astimezone(there).utcoffset()
                known, sought = (middle, sought) if same else (known, middle)
            yield sought
        low = high


@pytest.fixture(scope="module")
def read_js():
    """Reads a file by the two JavaScript libraries, which are installed by their lock file."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    INSTALLED.mkdir(parents=True, exist_ok=True)
    with (INSTALLED / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted, there = (READERS / "package-lock.json").read_text(), INSTALLED / "package-lock.json"
        for file in READERS.iterdir():
            if file.name != there.name:
                shutil.copy(file, INSTALLED)
        if not there.exists() or there.read_text() != wanted:
            shutil.copy(READERS / there.name, there)
            command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            done = subprocess.run(command, cwd=INSTALLED, capture_output=True, text=True, check=False)
            if done.returncode:
                there.unlink()
            assert done.returncode == 0, done.stderr

    def read(file: Path) -> dict[str, Times]:
        command = ["node", str(INSTALLED / "read.js"), str(file)]
        told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        return {
            library: {
                uid: (datetime.fromisoformat(start), datetime.fromisoformat(end)) for uid, (start, end) in of.items()
            }
            for library, of in told.items()
        }

    return read


def by_icalendar(text: str) -> Times:
    events = Calendar.from_ical(text).walk("VEVENT")
    return {str(event["UID"]): (event.start.astimezone(UTC), event.end.astimezone(UTC)) for event in events}


def by_vobject(text: str) -> Times:
    return {
        event.uid.value: (event.dtstart.value.astimezone(UTC), event.dtend.value.astimezone(UTC))
        for event in vobject.readOne(text).vevent_list
    }


def test_every_change_of_every_zone_is_read_alike_by_four_readers(read_js, tmp_path):
    zones = {zone: list(changes(zone)) for zone in available_timezones()}
    assert sum(map(len, zones.values())) > 4000
    lord_howe = datetime(2027, 4, 3, 15, tzinfo=UTC)
    assert lord_howe in zones["Australia/Lord_Howe"]
    starts = {at + minutes for of in zones.values() for at in of for minutes in AROUND}
    assert datetime(2027, 4, 3, 14, 30, tzinfo=UTC) in starts
    expected = {f"{start:%Y%m%dT%H%M}@fairhour": (start, start + HOUR) for start in sorted(starts)}
    meetings = [
        replace(MEETING, uid=uid, starts_at=start, ends_at=end, description="")
        for uid, (start, end) in expected.items()
    ]
    text = calendar_file(meetings, method="PUBLISH", stamp=BOOKED)
    file = tmp_path / "invites.ics"
    file.write_text(text, newline="")
    readings = read_js(file) | {"icalendar": by_icalendar(text), "vobject": by_vobject(text)}
    assert sorted(readings) == ["ical.js", "icalendar", "node-ical", "vobject"]
    for library, times in readings.items():
        wrong = {uid: times.get(uid) for uid, right in expected.items() if times.get(uid) != right}
        assert wrong == {}, library
