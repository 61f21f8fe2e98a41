"""One clock: real, moved by a file, or still."""

import json
from contextvars import Context
from datetime import UTC, datetime, timedelta

import pytest

from marketplace import clock
from marketplace.clock import Clock


def test_without_a_file_it_is_the_machines():
    running = Clock()
    assert abs(running.now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert running.offset() == timedelta()


def test_a_file_moves_it_and_jobs_are_written_in_the_machines_time(tmp_path):
    file = tmp_path / "clock.json"
    moved = Clock(file)
    assert moved.offset() == timedelta()
    file.write_text(json.dumps({"offset_seconds": 3600}))
    assert abs(moved.now() - datetime.now(UTC) - timedelta(hours=1)) < timedelta(seconds=5)
    assert moved.on_the_machine(datetime(2027, 1, 1, 12, tzinfo=UTC)) == datetime(2027, 1, 1, 11, tzinfo=UTC)


def test_it_stands_still_where_it_was_told_to():
    still = datetime(2027, 1, 1, tzinfo=UTC)
    frozen = Clock()
    frozen.freeze(still)
    assert frozen.now() == still
    assert frozen.on_the_machine(still) == still
    frozen.freeze(None)
    assert abs(frozen.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_outside_an_application_nobody_knows_the_time():
    with pytest.raises(RuntimeError, match="each application has its own"):
        Context().run(clock.now)


@pytest.mark.parametrize(
    ("start", "end", "zone", "text"),
    [
        (datetime(2026, 11, 24, 17, tzinfo=UTC), None, "Europe/Berlin", "Tue 24 Nov, 18:00 (Berlin)"),
        (
            datetime(2026, 11, 24, 17, tzinfo=UTC),
            datetime(2026, 11, 24, 18, tzinfo=UTC),
            "America/New_York",
            "Tue 24 Nov, 12:00-13:00 (New York)",
        ),
        (
            datetime(2026, 11, 24, 22, 30, tzinfo=UTC),
            datetime(2026, 11, 24, 23, 30, tzinfo=UTC),
            "Europe/Berlin",
            "Tue 24 Nov, 23:30 - Wed 25 Nov, 00:30 (Berlin)",
        ),
        (datetime(2027, 1, 4, 9, tzinfo=UTC), None, "Asia/Kathmandu", "Mon 4 Jan 2027, 14:45 (Kathmandu)"),
    ],
)
def test_times_are_spoken_with_their_zone(start, end, zone, text, moment):
    moment.set(datetime(2026, 11, 20, tzinfo=UTC))
    assert clock.spoken(start, zone, end) == text
