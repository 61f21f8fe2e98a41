"""Calendars of two megabytes, each made to be as much work to read as its kind allows."""

from collections.abc import Callable

MOST_BYTES = 2 * 1024**2
HOUR_AT_NINE = "DTSTART:20270302T090000Z\r\nDURATION:PT1H"
DAILY = "DTSTART:19700101T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY"
CHANGED = "RECURRENCE-ID:20270302T090000Z\r\nDTSTART:20270302T100000Z"
EVERY_SECOND = "DTSTART:20270301T000000Z\r\nDURATION:PT1S\r\nRRULE:FREQ=SECONDLY"
OFFICE = (  # A zone that has no other name.
    "BEGIN:VTIMEZONE\r\nTZID:Office\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\n"
    "TZOFFSETTO:+0130\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)


def calendar(events: str) -> bytes:
    """A calendar of these, as large as one may be at most."""
    return f"BEGIN:VCALENDAR\r\n{events}END:VCALENDAR\r\n".encode()[:MOST_BYTES]


def event(lines: str, number: int = 0) -> str:
    """One event."""
    return f"BEGIN:VEVENT\r\nUID:{number}\r\n{lines}\r\nEND:VEVENT\r\n"


def heavy(lines: str, *, of_one: bool = False, size: int = MOST_BYTES) -> str:
    """So many bytes of one event after the other, each with a UID of its own or all with one."""
    return "".join(event(lines, 0 if of_one else number) for number in range(size // len(event(lines, 10_000))))


def repeated(text: str, *, size: int = MOST_BYTES) -> str:
    """A text, over and over."""
    return text * (size // len(text))


def _numbers(first: int, last: int) -> str:
    return ",".join(str(number) for number in range(first, last + 1) if number)


def _every_weekday() -> str:
    return ",".join(f"{place}{day}" for place in range(-99, 100) if place for day in ("MO", "TU", "WE", "TH"))


def _zones() -> str:
    return "".join(
        f"BEGIN:VTIMEZONE\r\nTZID:z{number}\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\n"
        f"TZOFFSETTO:+0100\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
        + event(f"DTSTART;TZID=z{number}:20270302T090000\r\nDURATION:PT1H", number)
        for number in range(6_000)
    )


def _later_changes(year: int) -> str:
    """Changes of an instance and of all that come after it, as many as there is room for."""
    moments = (f"{year}{n // 28 % 12 + 1:02}{n % 28 + 1:02}T{n % 24:02}0000Z" for n in range(18_000))
    return "".join(
        event(f"RECURRENCE-ID;RANGE=THISANDFUTURE:{moment}\r\nDTSTART:20270302T100000Z") for moment in moments
    )


def _moments() -> str:
    return ",".join(f"202703{n % 28 + 1:02}T{n // 60 % 24:02}{n % 60:02}00Z" for n in range(125_000))


ATTACKS: dict[str, Callable[[], str]] = {
    "a second": lambda: event("DTSTART:19700101T000000Z\r\nDURATION:PT1S\r\nRRULE:FREQ=SECONDLY"),
    "never": lambda: event("DTSTART:19700101T000000Z\r\nDURATION:PT1S\r\nRRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30"),
    "all at once": lambda: event(
        f"{DAILY};BYHOUR={_numbers(-1, 23)};BYMINUTE={_numbers(-1, 59)};BYSECOND={_numbers(-1, 59)}"
    ),
    "counted from 1970": lambda: heavy(f"{DAILY};BYHOUR=9,10;COUNT=999999999"),
    "daily": lambda: heavy(DAILY),
    "daily in a written zone": lambda: (
        OFFICE + heavy(DAILY.replace("DTSTART:19700101T090000Z", "DTSTART;TZID=Office:19700101T090000"))
    ),
    "daily, read in two ways": lambda: heavy(DAILY.replace("DTSTART", "DTSTART;TZID=Europe/Berlin")),
    "yearly from the year 1": lambda: heavy("DTSTART:00010101T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=YEARLY;BYDAY=MO"),
    "every weekday that there is": lambda: heavy(
        f"DTSTART:20200101T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=YEARLY;BYDAY={_every_weekday()}"
    ),
    "one weekday, over and over": lambda: event(
        f"DTSTART:20200101T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;BYDAY={repeated('MO,')}SU"
    ),
    "every day of the year": lambda: heavy(
        f"DTSTART:20200101T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=YEARLY;BYYEARDAY={_numbers(-366, 366)}"
    ),
    "every place of a set": lambda: heavy(
        f"DTSTART:20200101T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=HOURLY;BYMINUTE={_numbers(-1, 59)};"
        f"BYSETPOS={_numbers(-366, 366)}"
    ),
    "many rules": lambda: event(HOUR_AT_NINE + repeated("\r\nRRULE:FREQ=DAILY")),
    "changed": lambda: event(DAILY) + heavy(CHANGED, of_one=True),
    "changed on one day": lambda: (
        event(EVERY_SECOND) + heavy("RECURRENCE-ID;VALUE=DATE:20270302\r\nDTSTART:20270302T100000Z", of_one=True)
    ),
    "changed from then on": lambda: event(f"{EVERY_SECOND};INTERVAL=60") + _later_changes(2027),
    "changed from long after on": lambda: event(f"{EVERY_SECOND};INTERVAL=60") + _later_changes(2028),
    "one UID": lambda: heavy(DAILY, of_one=True, size=MOST_BYTES // 2) + heavy(CHANGED, of_one=True),
    "one UID without a rule": lambda: "".join(
        event(f"DTSTART:20270302T{number:06}Z\r\nDURATION:PT1H") for number in range(13_000)
    ) + heavy(CHANGED, of_one=True),
    "left out": lambda: event(f"{DAILY}\r\nEXDATE:" + ",".join(["20270302T090000Z"] * 110_000)),
    "listed": lambda: event(f"{HOUR_AT_NINE}\r\nRDATE:{_moments()}"),
    "listed periods": lambda: event(f"{HOUR_AT_NINE}\r\nRDATE;VALUE=PERIOD:" + repeated("20270302T090000Z/PT1H,")),
    "listed in vain": lambda: event(f"{HOUR_AT_NINE}\r\nRDATE:" + repeated("soon,")),
    "free and busy": lambda: (
        "BEGIN:VFREEBUSY\r\nFREEBUSY:" + repeated("20270302T090000Z/PT1H,") + "\r\nEND:VFREEBUSY\r\n"
    ),
    "folded": lambda: event("DESCRIPTION:x" + "\r\n x" * 500_000 + "\r\n" + HOUR_AT_NINE),
    "blank": lambda: "\n" * 2_000_000,
    "spaces": lambda: event("DTSTART:20270302T0900" + " " * 1_900_000 + "Z"),
    "spaces in a rule": lambda: event(f"{DAILY};BYDAY=" + " " * 1_900_000 + "MO"),
    "spaces in a zone": lambda: event("DTSTART;TZID=(" + " " * 1_900_000 + "x:20270302T090000"),
    "spaces before a folded end": lambda: event("DESCRIPTION:x" + repeated("\r\n" + " " * 70 + "END", size=1_900_000)),
    "colons": lambda: event("DTSTART;" + ":" * 1_900_000),
    "quotes": lambda: event('DTSTART;TZID="' + '";"' * 600_000 + ":20270302T090000Z"),
    "parameters": lambda: event(
        "DTSTART;" + ";".join(f"X{number}={number}" for number in range(150_000)) + ":20270302T090000Z"
    ),
    "properties": lambda: event("DTSTART:20270302T090000Z\r\n" + "DTEND:soon\r\n" * 160_000 + "DURATION:PT1H"),
    "beginnings": lambda: event("\r\n".join(f"DTSTART:20270302T{number % 240000:06}Z" for number in range(70_000))),
    "zones": _zones,
    "zones that nobody knows": lambda: "".join(
        event(f"DTSTART;TZID=Nowhere/{number}:20270302T090000\r\nDURATION:PT1H", number) for number in range(20_000)
    ),
    "events without a beginning": lambda: (
        repeated("X-A:1\r\n", size=MOST_BYTES // 2)
        + repeated("DTSTART:20270302\r\nEND:VEVENT\r\n", size=MOST_BYTES // 2)
    ),
    "alarms": lambda: repeated(event(f"{HOUR_AT_NINE}\r\nBEGIN:VALARM\r\nTRIGGER:-PT5M\r\nEND:VALARM")),
    "alarms that are not ended": lambda: repeated(
        f"BEGIN:VEVENT\r\n{HOUR_AT_NINE}\r\nBEGIN:VALARM\r\nDTSTART:20270302\r\n"
    ),
    "ends without beginnings": lambda: "BEGIN:X\r\n" * 90_000 + "END:Y\r\n" * 90_000,
    "open components": lambda: "BEGIN:X\r\n" * 200_000,
    "calendars": lambda: repeated(f"BEGIN:VCALENDAR\r\nX-WR-TIMEZONE:Europe/Berlin\r\n{event(HOUR_AT_NINE)}"),
}  # fmt: skip
