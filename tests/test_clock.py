"""One clock: real, moved by a file, or still."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from marketplace import clock


@pytest.fixture(autouse=True)
def real_clock():
    clock.freeze(None)
    yield
    clock.follow(None)
    clock.freeze(None)


def test_without_a_file_it_is_the_machines():
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert clock.offset() == timedelta()


def test_a_file_moves_it_and_jobs_are_written_in_the_machines_time(tmp_path):
    file = tmp_path / "clock.json"
    clock.follow(file)
    assert clock.offset() == timedelta()
    file.write_text(json.dumps({"offset_seconds": 3600}))
    assert abs(clock.now() - datetime.now(UTC) - timedelta(hours=1)) < timedelta(seconds=5)
    assert clock.on_the_machine(datetime(2027, 1, 1, 12, tzinfo=UTC)) == datetime(2027, 1, 1, 11, tzinfo=UTC)


def test_it_stands_still_where_it_was_told_to():
    still = datetime(2027, 1, 1, tzinfo=UTC)
    clock.freeze(still)
    assert clock.now() == still
    assert clock.on_the_machine(still) == still


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
def test_times_are_spoken_with_their_zone(start, end, zone, text):
    clock.freeze(datetime(2026, 11, 20, tzinfo=UTC))
    assert clock.spoken(start, zone, end) == text
