"""What calendars write that no standard allows: rather an hour too many than one too few, and it is said."""

import pytest

from marketplace.calendars.rules import components, events, series
from tests.calendars.reading import busy_in, found_in, whole
from tests.calendars.servers import MORNING, calendar

pytestmark = pytest.mark.pure

NINE = "03-02 09:00-10:00"
NEW_YORK = "DTSTART;TZID=America/New_York"
TEN_DAYS = "DTSTART;TZID=Europe/Berlin:20270701T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3"


def doubts(text: bytes) -> list[tuple[int, str]]:
    return [(doubt.line, doubt.sentence) for doubt in found_in(text).doubts]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(
            "DTSTART;TZID=Europe/Berlin:20261208T180000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;UNTIL=20270309T180000",
            ["03-02 17:00-18:00", "03-09 17:00-18:00"],
            id="an UNTIL without Z is by the clock of the event",
        ),
        pytest.param(
            f"{NEW_YORK}:20270301T200000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20270302",
            ["03-02 01:00-02:00", "03-03 01:00-02:00"],
            id="an UNTIL of a day is all of that day",
        ),
        pytest.param(
            "DTSTART;VALUE=DATE:20270302\nRRULE:FREQ=DAILY;UNTIL=20270302T230000Z",
            ["03-01 23:00-03-03 23:00"],
            id="an UNTIL in UTC is the day it begins for the coach",
        ),
        pytest.param(
            "DTSTART;VALUE=DATE:20270302\nDTEND;VALUE=DATE:20270302", ["03-01 23:00-03-02 23:00"], id="ends where begun"
        ),
        pytest.param(
            "DTSTART;TZID=Europe/Berlin:20270702T100000\nDURATION:PT1H\nRDATE;VALUE=DATE:20270704,20270705",
            ["07-02 08:00-09:00", "07-04 08:00-09:00", "07-05 08:00-09:00"],
            id="a date beside a time is that day at its own hour",
        ),
        pytest.param(
            "DTSTART;VALUE=DATE:20270302\nRDATE:20270304T080000Z",
            ["03-01 23:00-03-02 23:00", "03-03 23:00-03-04 23:00"],
            id="a time beside a date is that day",
        ),
        pytest.param(
            f"{TEN_DAYS}\nEXDATE;VALUE=DATE:20270702", ["07-01 08:00-09:00", "07-03 08:00-09:00"], id="a day left out"
        ),
        pytest.param(
            "DTSTART;VALUE=DATE:20270701\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20270702T000000",
            ["06-30 22:00-07-01 22:00", "07-02 22:00-07-03 22:00"],
            id="a midnight left out of days",
        ),
        pytest.param(
            "DTSTART;VALUE=DATE:20270701\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20270701T220000Z",
            ["06-30 22:00-07-01 22:00", "07-02 22:00-07-03 22:00"],
            id="the coach's midnight left out of days",
        ),
        pytest.param(
            f"{TEN_DAYS}\nEXDATE:20270702T100000", ["07-01 08:00-09:00", "07-03 08:00-09:00"], id="left out by clock"
        ),
        pytest.param(f"{MORNING}\nEXDATE:\nRDATE:\nRRULE:", [NINE], id="properties that say nothing"),
        pytest.param("DTSTART:20270302T090000Z\nDTEND:99991231T235959Z", ["03-02 09:00-04-04 00:00"], id="year 9999"),
        pytest.param(
            "DTSTART;TZID=Europe/Berlin:20270302T100000\nDTEND;TZID=Europe/Berlin:99991231T235959",
            ["03-02 09:00-04-04 00:00"],
            id="year 9999 somewhere",
        ),
        pytest.param("DTSTART:20270302T0900Z\nDTEND:20270302T1000Z", [NINE], id="no seconds"),
        pytest.param("DTSTART:2027-03-02T09:00:00Z\nDTEND:2027-03-02T11:00:00+01:00", [NINE], id="as ISO 8601 has it"),
        pytest.param("dtstart:20270302t090000z\ndtend:20270302t100000z", [NINE], id="small letters"),
        pytest.param("DTSTART:20270302T230000Z\nDTEND:20270302T240000Z", ["03-02 23:00-03-03 00:00"], id="24 o'clock"),
        pytest.param("DTSTART;VALUE=DATE:20270302T000000\n", ["03-01 23:00-03-02 23:00"], id="a date with a midnight"),
        pytest.param(
            "DTSTART;TZID=(UTC+01:00) Amsterdam, Berlin:20270302T100000\nDTEND:20270302T100000Z",
            [NINE],
            id="a colon in a zone without quotes",
        ),
        pytest.param(
            f"{NEW_YORK}:20270302T190000\nDTEND;TZID=Europe/Berlin:20270303T080000",
            ["03-03 00:00-07:00"],
            id="a flight from one zone to another",
        ),
        pytest.param(
            "DTSTART;TZID=Europe/Berlin:20270327T220000\nDTEND;TZID=Europe/Berlin:20270328T060000",
            ["03-27 21:00-03-28 04:00"],
            id="a night of a clock change",
        ),
        pytest.param(f"{MORNING}\nDURATION:PT3H", ["03-02 09:00-12:00"], id="an end and a duration: the later"),
        pytest.param(f"{MORNING}\nTRANSP:TRANSPARENT\nTRANSP:OPAQUE", [NINE], id="free and busy"),
        pytest.param(
            "DTSTART:20270302T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2;X-ODD=1",
            [NINE, "03-03 09:00-10:00"],
            id="a part of a rule that nobody knows",
        ),
    ],
)  # fmt: skip
def test_an_event_is_busy_at_the_right_time(lines: str, expected: list[str]) -> None:
    assert busy_in(calendar(lines)) == expected


@pytest.mark.parametrize(
    ("lines", "expected", "line", "sentence"),
    [
        pytest.param("DTSTART:yesterday", [], 7, events.NO_START, id="no time at all"),
        pytest.param("SUMMARY:No beginning", [], 4, events.NO_START, id="no beginning"),
        pytest.param("DTEND:20270302T100000Z", ["03-01 23:00-03-02 23:00"], 7, events.START_ASSUMED, id="only an end"),
        pytest.param(
            "DTSTART:20270302T25:99", ["03-01 23:00-03-02 23:00"], 7, events.START_IS_A_DAY, id="a day, no time"
        ),
        pytest.param(
            "DTSTART;VALUE=DATE:20270431", ["04-29 22:00-05-01 22:00"], 7, events.START_IS_A_DAY, id="the 31st of April"
        ),
        pytest.param(
            "DTSTART:20270302T090000Z\nDTEND:20270223T100000Z", [NINE], 8, events.END_FIRST, id="an end a week before"
        ),
        pytest.param(
            "DTSTART;VALUE=DATE:20270302\nDTEND;VALUE=DATE:20270223",
            ["03-01 23:00-03-02 23:00"],
            8,
            events.END_FIRST,
            id="a day that ends a week before",
        ),
        pytest.param(
            "DTSTART:20270302T090000Z\nDTEND:20270302T083000Z",
            ["03-02 08:30-10:00"],
            8,
            events.END_FIRST,
            id="beginning and end exchanged",
        ),
        pytest.param(
            "DTSTART:20270302T220000Z\nDTEND:20270302T020000Z",
            ["03-02 22:00-03-03 02:00"],
            8,
            events.END_FIRST,
            id="over midnight on one date",
        ),
        pytest.param("DTSTART:20270302T090000Z\nDURATION:-PT1H", [NINE], 8, events.END_FIRST, id="a negative duration"),
        pytest.param("DTSTART:20270302T090000Z\nDURATION:long", [NINE], 8, events.END_UNKNOWN, id="no duration"),
        pytest.param("DTSTART:20270302T090000Z\nDTEND:", [NINE], 8, events.END_UNKNOWN, id="an empty end"),
        pytest.param(
            "DTSTART;VALUE=DATE:20270302\nDTEND:20270302T100000Z",
            ["03-01 23:00-03-02 23:00"],
            8,
            events.MIXED,
            id="from a date to a time",
        ),
        pytest.param(
            "DTSTART;TZID=Europe/Berlin:20270302T100000\nDTEND;VALUE=DATE:20270303",
            ["03-02 09:00-23:00"],
            8,
            events.MIXED,
            id="from a time to a date",
        ),
        pytest.param(
            "DTSTART;TZID=Atlantis:20270302T100000\nDURATION:PT1H", [NINE], 7, events.ZONE_UNKNOWN, id="unknown zone"
        ),
        pytest.param(
            "DTSTART;TZID=America/New_York:20270302T090000Z\nDURATION:PT1H",
            [NINE, "03-02 14:00-15:00"],
            7,
            events.TWO_READINGS,
            id="a Z beside a zone",
        ),
        pytest.param(f"{MORNING}\nRRULE:FREQ=SOMETIMES", [NINE], 9, events.RULE_UNKNOWN, id="a rule that is none"),
        pytest.param(
            f"{MORNING}\nRRULE:FREQ=YEARLY;BYMONTH=13;COUNT=1", [NINE], 9, events.RULE_PARTLY, id="a thirteenth month"
        ),
        pytest.param(
            f"{MORNING}\nRDATE:20270303T090000Z,soon", [NINE, "03-03 09:00-10:00"], 9, events.RDATE_UNKNOWN, id="soon"
        ),
        pytest.param(
            f"{MORNING}\nRRULE:FREQ=DAILY;COUNT=2\nEXDATE:20270303T090000Z,never",
            [NINE],
            10,
            events.EXDATE_UNKNOWN,
            id="left out never",
        ),
        pytest.param(
            "DTSTART:20270302T090000Z\nDTSTART:20270304T090000Z\nDURATION:PT1H",
            [NINE, "03-04 09:00-10:00"],
            8,
            events.SECOND_START,
            id="two beginnings",
        ),
        pytest.param(
            f"{MORNING}\nRRULE:FREQ=DAILY;COUNT=2\nEXRULE:FREQ=DAILY",
            [NINE, "03-03 09:00-10:00"],
            10,
            events.EXRULE,
            id="a rule of exceptions",
        ),
        pytest.param(f"{MORNING}\nwithout a colon", [NINE], 9, components.NO_COLON, id="no colon"),
    ],
)  # fmt: skip
def test_what_is_doubtful_is_busy_and_told_with_its_line(
    lines: str, expected: list[str], line: int, sentence: str
) -> None:
    text = calendar(lines)
    assert busy_in(text) == expected
    ((number, said),) = doubts(text)
    assert (number, said) == (line, sentence)


@pytest.mark.parametrize(
    "broken",
    [
        "DTSTART:yesterday",
        "SUMMARY:No beginning",
        "DTSTART:20270302T090000Z\nDURATION:PT1H\nRRULE:FREQ=SOMETIMES",
        "DTSTART:20270302T0900Z\nDTEND:never",
        "UID:one\nRECURRENCE-ID:20270302T090000Z\nDTSTART:soon",
        "DTSTART:20270302T090000Z\nDTEND:soon\nBEGIN:VALARM\nTRIGGER:-PT5M",
    ],
)
def test_one_broken_event_does_not_hide_the_others(broken: str) -> None:
    found = found_in(calendar(broken, MORNING))
    assert busy_in(calendar(broken, MORNING)) == [NINE]
    assert found.doubt_count >= 1


def test_several_events_of_one_uid_are_all_busy() -> None:
    events = [f"UID:same\nDTSTART:2027030{day}T090000Z\nDURATION:PT1H" for day in (2, 3, 4)]
    assert busy_in(calendar(*events)) == [NINE, "03-03 09:00-10:00", "03-04 09:00-10:00"]


def test_an_empty_uid_is_none() -> None:
    events = [f"UID:\nDTSTART:2027030{day}T090000Z\nDURATION:PT1H" for day in (2, 3)]
    assert busy_in(calendar(*events)) == [NINE, "03-03 09:00-10:00"]


def test_a_moved_one_moves_one_of_several_series_of_one_uid() -> None:
    series = "UID:same\nDTSTART:20270302T090000Z\nDURATION:PT{}M\nRRULE:FREQ=DAILY;COUNT=2"
    moved = "UID:same\nRECURRENCE-ID:20270302T090000Z\nDTSTART:20270302T120000Z\nDURATION:PT1H"
    assert busy_in(calendar(series.format(60), series.format(30), moved)) == [
        "03-02 09:00-09:30",
        "03-02 12:00-13:00",
        "03-03 09:00-10:00",
    ]
    copied = [series.format(60)] * 2
    assert busy_in(calendar(*copied, moved)) == ["03-02 12:00-13:00", "03-03 09:00-10:00"]


SERIES = "UID:s\nDTSTART;TZID=Europe/Berlin:20270701T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3"
MOVED = "DTSTART:20270702T130000Z\nDURATION:PT2H"


@pytest.mark.parametrize(
    "named",
    [
        "RECURRENCE-ID;VALUE=DATE:20270702",
        "RECURRENCE-ID:20270702",
        "RECURRENCE-ID:20270702T100000",
        "RECURRENCE-ID:20270702T080000Z",
        "RECURRENCE-ID;TZID=America/New_York:20270702T040000",
    ],
)
def test_whatever_way_an_instance_is_named_it_alone_is_moved(named: str) -> None:
    assert busy_in(calendar(SERIES, f"UID:s\n{named}\n{MOVED}")) == [
        "07-01 08:00-09:00",
        "07-02 13:00-15:00",
        "07-03 08:00-09:00",
    ]


def test_a_moved_instance_of_days_is_named_by_a_time() -> None:
    days = "UID:s\nDTSTART;VALUE=DATE:20270701\nRRULE:FREQ=DAILY;COUNT=3"
    for named in ("20270702T000000", "20270701T220000Z"):
        moved = f"UID:s\nRECURRENCE-ID:{named}\nDTSTART;VALUE=DATE:20270710"
        assert busy_in(calendar(days, moved)) == [
            "06-30 22:00-07-01 22:00",
            "07-02 22:00-07-03 22:00",
            "07-09 22:00-07-10 22:00",
        ]


@pytest.mark.parametrize("broken", ["RECURRENCE-ID:then", "RECURRENCE-ID:"])
def test_a_change_of_nobody_knows_which_leaves_the_series_busy(broken: str) -> None:
    assert busy_in(calendar(SERIES, f"UID:s\n{broken}\n{MOVED}")) == [
        "07-01 08:00-09:00",
        "07-02 08:00-09:00",
        "07-02 13:00-15:00",
        "07-03 08:00-09:00",
    ]


def test_a_change_to_nobody_knows_when_leaves_the_instance_busy() -> None:
    text = calendar(SERIES, "UID:s\nRECURRENCE-ID:20270702T080000Z\nDTSTART:soon\nDURATION:PT1H")
    assert busy_in(text) == ["07-01 08:00-09:00", "07-02 08:00-09:00", "07-03 08:00-09:00"]
    assert [sentence for _, sentence in doubts(text)] == [events.START_ASSUMED]


def test_a_rule_that_comes_too_often_is_busy_from_its_beginning_to_its_end() -> None:
    rule = "DTSTART:20270302T090000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY;INTERVAL=2;UNTIL=20270309T090000Z"
    text = calendar(rule, MORNING)
    assert busy_in(text)[0].startswith("03-02 09:00-03-")
    assert doubts(text) == [(9, series.TOO_OFTEN)]


def test_a_rule_that_never_comes_is_only_its_first_time() -> None:
    for frequency in ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"):
        never = f"{MORNING}\nRRULE:FREQ={frequency};BYMONTH=2;BYMONTHDAY=30"
        assert busy_in(calendar(never)) == [NINE]


def test_a_second_of_1970_is_no_more_work_than_one_of_today() -> None:
    old = "DTSTART:19700101T090000Z\nDURATION:PT1H\nRRULE:FREQ={};UNTIL=20270303T120000Z"
    assert busy_in(calendar(old.format("DAILY")))[-1] == "03-03 09:00-10:00"
    assert busy_in(calendar(old.format("HOURLY")))[-1].endswith("03-03 13:00")


def test_our_own_sessions_are_told_apart() -> None:
    found = found_in(calendar(f"UID:0190@fairhour\n{MORNING}", MORNING))
    assert list(found.ours) == ["0190@fairhour"]
    assert whole(found.ours["0190@fairhour"]) == whole(found.busy)
