"""Files as other programs write them, each with the times that are busy in it.

Beside NAME.ics stands NAME.busy: the coach's zone, how many lines are doubtful, whether the two libraries of the second
reading are right about it (or what they get wrong), and the busy times of March and April 2027, in UTC.
"""

import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from icalendar import Calendar

from marketplace.calendars.rules import expansion
from marketplace.calendars.rules.expansion import BusyPart
from tests.calendars.reading import whole

pytestmark = pytest.mark.pure

CORPUS = Path(__file__).parent / "corpus"
NAMES = sorted(file.stem for file in CORPUS.glob("*.ics"))
# Every other second of two days, one by one.
TAKES_THEM_LONG = {"school-too-often"}
START, END = datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 5, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Sidecar:
    """What a file of the corpus comes to."""

    zone: str
    doubts: int
    libraries: str
    busy: list[tuple[datetime, datetime]]


def sidecar(name: str) -> Sidecar:
    lines = [line for line in (CORPUS / f"{name}.busy").read_text().splitlines() if not line.startswith("#")]
    said = dict(line.split(": ", 1) for line in lines[:3])
    busy = [tuple(datetime.fromisoformat(moment) for moment in line.split("/")) for line in lines[3:]]
    return Sidecar(said["zone"], int(said["doubts"]), said["libraries"], busy)


def by_libraries(text: bytes, zone: str) -> list[tuple[datetime, datetime]]:
    """The same by icalendar and recurring_ical_events, for what is well-formed."""

    def instant(value):
        value = value if isinstance(value, datetime) else datetime.combine(value, time())
        return (value if value.tzinfo else value.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)

    found = []
    for calendar in Calendar.from_ical(text, multiple=True):
        for event in recurring_ical_events.of(calendar).between(START, END):
            begins, ends = instant(event["DTSTART"].dt), instant(event["DTEND"].dt)
            free = str(event.get("TRANSP", "")) == "TRANSPARENT" or str(event.get("STATUS", "")) == "CANCELLED"
            if not free and begins < ends and begins < END and ends > START:
                found.append(BusyPart(begins, ends, ""))
    return whole(found)


def test_there_are_many():
    assert len(NAMES) >= 80
    assert sorted(file.stem for file in CORPUS.glob("*.busy")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_another_program_is_busy_when_it_is(name):
    right = sidecar(name)
    found = expansion.busy_times((CORPUS / f"{name}.ics").read_bytes(), right.zone, START, END, 1000)
    assert whole(found.busy) == right.busy
    assert (found.doubt_count, [doubt.sentence for doubt in found.doubts]) == (
        right.doubts,
        [d.sentence for d in found.doubts],
    )


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name in TAKES_THEM_LONG else name for name in NAMES]
)
def test_two_libraries_read_alike_what_they_read_rightly(name):
    """Where they do not, it is said why: once they do, the file says that they are wrong no longer."""
    right, text = sidecar(name), (CORPUS / f"{name}.ics").read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            read = by_libraries(text, right.zone)
        except Exception as error:  # they refuse in many ways
            read = str(error)
    if right.libraries == "right":
        assert read == right.busy
    else:
        assert right.libraries.startswith("wrong, ")
        assert read != right.busy
