"""What answers is no CalDAV server, or one that has lost its mind: the coach reads so, and we keep the trace."""

from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from marketplace.calendars.fetching import caldav_calendars, guarded_session
from marketplace.calendars.queries import calendars_of
from marketplace.calendars.service import subscriptions as calendar_subscriptions
from marketplace.db import session
from tests.calendars.servers import Handler, Server
from tests.factories import a_coach

NOW = datetime(2027, 3, 1, tzinfo=UTC)
MANY = '<multistatus xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">{}</multistatus>'
FOUND = "<response><href>/x/</href><propstat><prop>{}</prop><status>{}</status></propstat></response>"
OK = "HTTP/1.1 200 OK"

NONSENSE = {
    "nothing": "",
    "bytes": "\0\1",
    "JSON": '{"calendar": true}',
    "other XML": "<a/>",
    "cut off": MANY[:40],
    "a response of nothing": MANY.format("<response/>"),
    "no responses": MANY.format("hello"),
    "a status of its own": MANY.format(FOUND.format("", "fine")),
    "two addresses": MANY.format(FOUND.format("", OK).replace("<href>/x/</href>", "<href>/x/</href><href>/y/</href>")),
    "no address": MANY.format(
        FOUND.format("<current-user-principal><href>http://[x/</href></current-user-principal>", OK)
    ),
}


@pytest.fixture
def says_always(web: Server):
    def always(body: str) -> None:
        def answer(handler: Handler) -> None:
            handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
            handler.say(207, body.encode(), Content_Type="application/xml")

        web.answer = answer

    return always


@pytest.mark.parametrize("nonsense", NONSENSE)
@pytest.mark.parametrize("deed", ["read", "put", "delete"])
def test_an_answer_that_is_no_caldav_is_told_so_and_traced(web, says_always, nonsense, deed):
    says_always(NONSENSE[nonsense])
    where = {"url": f"http://{web.place}/x/", "username": "ada", "password": "hers"}
    deeds = {
        "read": lambda: caldav_calendars.read_caldav(**where, start=NOW, end=NOW + timedelta(days=1)),
        "put": lambda: caldav_calendars.put_event(
            **where, uid="u@fairhour", ics="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
        ),
        "delete": lambda: caldav_calendars.delete_event(**where, uid="u@fairhour"),
    }
    with capture_logs() as logged, pytest.raises(guarded_session.Unreadable) as refusal:
        deeds[deed]()
    assert refusal.value.sentence == "What answers there does not speak CalDAV."
    assert [(entry["event"], entry["exc_info"]) for entry in logged] == [("calendar.not_caldav", True)]
    assert all("hers" not in str(entry) for entry in logged)


def test_a_mistake_of_ours_beside_the_library_is_not_the_servers(web, says_always, run_jobs, monkeypatch):
    """The block around the library holds nothing else: what we do ourselves fails loudly, under our own name."""
    ada = a_coach("ada")
    says_always(MANY.format(FOUND.format("<resourcetype><c:calendar/></resourcetype>", OK)))
    monkeypatch.setattr(
        "marketplace.calendars.fetching.caldav_calendars._folder", lambda calendar: calendar.no_such_thing
    )
    given = {"url": f"http://{web.place}/x/", "username": "ada", "password": "hers", "writes": False}
    calendar_subscriptions.add(ada.user, kind="caldav", name="Work", **given)
    with capture_logs() as logged:
        run_jobs()
    session().commit()
    assert "does not speak CalDAV" not in calendars_of(ada.user)[0].error
    assert [entry["event"] for entry in logged if entry["log_level"] == "error"] == ["calendar.broken"]
