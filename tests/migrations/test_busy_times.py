"""Calendars that were read before it was kept by which event a coach is busy are read once more in full."""

import pytest

from marketplace.calendars.models import Calendar
from marketplace.db import session
from tests.races.test_asks import FIRST, ada

__all__ = ["ada"]

pytestmark = pytest.mark.real

READ = """
insert into calendars (id, coach_id, kind, name, sealed, hint, writes, etag, last_modified, next_read_at, ok_at,
    failures, doubts, doubt_count, created_at)
values (gen_random_uuid(), :coach, 'ics', 'Work', 'x', 'example.org', false, '"one"', 'Mon, 01 Mar 2027 08:00:00 GMT',
    :at, :at, 0, '[]', 0, :at)
"""
BUSY = """
insert into busy_times (id, calendar_id, coach_id, starts_at, ends_at)
select gen_random_uuid(), id, coach_id, :at, cast(:at as timestamptz) + interval '1 hour' from calendars
"""


def test_they_are_read_in_full_and_stay_busy_until_then(real_app, ada, schema):
    schema.back_to("0094")
    schema.run(READ, coach=ada.id, at=FIRST)
    schema.run(BUSY, at=FIRST)
    schema.forward()
    with real_app.app_context():
        calendar = session().query(Calendar).one()
        assert (calendar.etag, calendar.last_modified) == (None, None)
        assert (calendar.ok_at, calendar.next_read_at) == (FIRST, FIRST)
    assert schema.run("select starts_at, event from busy_times") == [(FIRST, "")]
    schema.back_to("0094")
    assert schema.run("select starts_at from busy_times") == [(FIRST,)]
