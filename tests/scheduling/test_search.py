"""Who has time, soonest first: nobody twice, nobody lost, and whatever is shown can be booked."""

import itertools
import random
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from marketplace.coaches import queries as coaches
from marketplace.coaches.models import Coach, Offering
from marketplace.db import db, session
from marketplace.errors import Invalid
from marketplace.scheduling.queries import free_times, search_walk
from marketplace.scheduling.queries import search as search_queries
from marketplace.scheduling.queries.criteria import SearchCriteria
from marketplace.scheduling.queries.search import SearchResult
from marketplace.scheduling.rules import openings as opening_rules
from marketplace.scheduling.rules import windows as window_rules
from tests.conftest import START, Moment
from tests.factories import a_coach, a_hold, a_person, an_offering, open_all_week, weekly_hours

DAY = timedelta(days=1)


def handles(page: Any) -> list[str]:
    return [found.coach.handle for found in page.items]


def everybody(criteria: SearchCriteria, windows: Any = None, limit: int = 3) -> list[SearchResult]:
    """All pages of a search."""
    found: list[SearchResult] = []
    after = None
    for _ in range(60):
        page = search_queries.search(criteria, windows, after=after, limit=limit)
        found += page.items
        after = page.next_cursor
        if after is None:
            return found
    raise AssertionError("the pages do not end")


def evenings(days: int = 14, zone: str = "Europe/Berlin", **more: Any) -> list[opening_rules.Interval]:
    return window_rules.windows(
        zone, START.date(), START.date() + days * DAY, start_minute=18 * 60, end_minute=22 * 60, **more
    )


def test_who_has_time_soonest_comes_first_with_that_time() -> None:
    an_offering(open_all_week(a_coach("late", timezone="UTC"), "15:00", "17:00"))
    an_offering(open_all_week(a_coach("early", timezone="UTC"), "09:30", "12:00"), notice_hours=0)
    an_offering(open_all_week(a_coach("never", timezone="UTC"), "09:00", "09:30"))
    page = search_queries.search(SearchCriteria())
    assert [(found.coach.handle, found.starts_at) for found in page.items] == [
        ("early", datetime(2027, 3, 1, 9, 30, tzinfo=UTC)),
        ("late", datetime(2027, 3, 2, 15, 0, tzinfo=UTC)),
    ]
    assert page.next_cursor is None


CRITERIA: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["ada", "bea"]),
    ({"kind": "mentor"}, ["ada"]),
    ({"kind": "tutor"}, ["bea"]),
    ({"minutes": 30}, ["bea"]),
    ({"minutes": 45}, []),
    ({"topic": "SQL"}, ["bea"]),
    ({"language": "german"}, ["ada"]),
    ({"currency": "eur"}, ["bea"]),
    ({"currency": "eur", "max_price_cents": 4999}, []),
    ({"currency": "eur", "max_price_cents": 5000}, ["bea"]),
    ({"text": "leadership"}, ["ada"]),
    ({"text": "leader plat"}, ["ada"]),
    ({"text": "leadreship"}, ["ada"]),
    ({"text": "beatrice"}, ["bea"]),
    ({"text": "beatrise lovelace"}, ["bea"]),
    ({"text": "beatrise lovelase"}, ["bea"]),
    ({"text": "leadreship beatrise"}, []),
    ({"text": "a"}, []),
    ({"text": "le"}, []),
    ({"text": "lea"}, ["ada"]),
    ({"text": "nobody"}, []),
    ({"text": "o'neill % _ \\ : & ' !"}, []),
]


@pytest.mark.parametrize(("criteria", "found"), CRITERIA)
def test_a_search_finds_what_meets_the_criteria(criteria: dict[str, Any], found: list[str]) -> None:
    an_offering(open_all_week(a_coach("ada", topics=["leadership", "python"])))
    bea = a_coach(
        "bea",
        user=a_person("Beatrice Lovelace", role="coach"),
        headline="Databases, patiently",
        about="Ten years of queries.",
        topics=["sql"],
        languages=["fr"],
        currency="eur",
    )
    an_offering(open_all_week(bea), kind="tutor", minutes=30, price_cents=5000)
    assert sorted(handles(search_queries.search(SearchCriteria(**criteria)))) == found


def test_a_new_name_is_found_and_the_old_one_is_not() -> None:
    ada = open_all_week(a_coach("ada"))
    an_offering(ada)
    ada.user.name = "Augusta King"
    session().commit()
    assert handles(search_queries.search(SearchCriteria(text="augusta"))) == ["ada"]


def test_evenings_are_those_of_the_zone_that_is_asked_for() -> None:
    an_offering(open_all_week(a_coach("daytime"), "09:00", "17:00"))
    an_offering(open_all_week(a_coach("newyork", timezone="America/New_York"), "09:00", "17:00"))
    an_offering(weekly_hours_of("friday", 4, "18:00", "21:00"))
    found = everybody(SearchCriteria(), evenings())
    assert [one.coach.handle for one in found] == ["newyork", "friday"]
    assert [f"{one.starts_at:%a %H:%M}" for one in found] == ["Tue 17:00", "Fri 17:00"]
    only_mondays = evenings(weekdays=[0])
    assert [f"{one.starts_at:%a}" for one in everybody(SearchCriteria(), only_mondays)] == ["Mon"]


def weekly_hours_of(handle: str, weekday: int, start: str, end: str) -> Coach:
    coach = a_coach(handle)
    weekly_hours(coach, weekday, start, end)
    return coach


def test_a_session_lies_within_the_window_with_its_whole_length() -> None:
    ada = open_all_week(a_coach(timezone="UTC"), "00:00", "24:00")
    an_offering(ada, minutes=120, notice_hours=0)
    tight = [(START + DAY, START + DAY + timedelta(minutes=119))]
    assert search_queries.search(SearchCriteria(), tight).items == []
    fits = [(START + DAY, START + DAY + timedelta(minutes=120))]
    assert [found.starts_at for found in search_queries.search(SearchCriteria(), fits).items] == [START + DAY]


def test_the_soonest_offering_of_a_coach_is_told_and_each_coach_once() -> None:
    ada = open_all_week(a_coach(timezone="UTC"))
    an_offering(ada, title="Tomorrow", notice_hours=24, price_cents=4000)
    an_offering(ada, title="Today", notice_hours=1)
    page = search_queries.search(SearchCriteria())
    assert [(found.offering.title, found.starts_at) for found in page.items] == [("Today", START + timedelta(hours=1))]


def test_who_has_no_time_left_is_not_found_and_holds_count() -> None:
    ada = open_all_week(a_coach(timezone="UTC"), "10:00", "11:00")
    offering = an_offering(ada, notice_hours=0, horizon_days=2)
    for days in range(2):
        a_hold(a_person(f"M{days}"), offering, START + days * DAY + timedelta(hours=1))
    assert search_queries.search(SearchCriteria()).items == []


def test_limits_move_a_coach_to_the_first_day_that_has_room() -> None:
    ada = open_all_week(a_coach(timezone="UTC"), "09:00", "12:00")
    offering = an_offering(ada, notice_hours=0, max_per_day=1)
    a_hold(a_person("Max"), offering, START + timedelta(hours=1))
    assert [found.starts_at for found in search_queries.search(SearchCriteria()).items] == [START + DAY]


@pytest.mark.parametrize("change", [{"status": "suspended"}, {"timezone": "Asia/Tokyo"}])
def test_who_is_not_public_or_has_just_moved_is_not_found(change: dict[str, str]) -> None:
    ada = open_all_week(a_coach(timezone="UTC"))
    an_offering(ada)
    for name, value in change.items():
        setattr(ada, name, value)
    session().commit()
    assert search_queries.search(SearchCriteria()).items == []


@pytest.fixture
def town(moment: Moment) -> list[Offering]:
    """Thirty coaches in several zones with hours, notices, lengths and buffers of all kinds, and some holds."""
    chance = random.Random(7)
    offerings = []
    for number in range(30):
        zone = chance.choice(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Chatham"])
        coach = a_coach(f"coach-{number:02}", timezone=zone)
        if number % 7 == 0:
            open_all_week(coach, "00:00", "24:00")
        else:
            for weekday in chance.sample(range(7), chance.randrange(1, 5)):
                begins = chance.randrange(6, 19)
                weekly_hours(coach, weekday, f"{begins:02}:{chance.choice(['00', '15', '40'])}", f"{begins + 4:02}:00")
        offerings += [
            an_offering(
                coach,
                minutes=chance.choice([30, 45, 60, 90]),
                notice_hours=chance.choice([0, 1, 12, 12, 24, 48, 100]),
                buffer_before_minutes=chance.choice([0, 0, 15, 60]),
                buffer_after_minutes=chance.choice([0, 0, 15]),
                start_step_minutes=chance.choice([15, 30, 60]),
                max_per_week=chance.choice([None, None, 1]),
            )
            for _ in range(chance.choice([1, 1, 2]))
        ]
    for number in range(25):
        offering = chance.choice(offerings)
        free = free_times.free_times(offering, start=START, end=START + 10 * DAY)
        if free:
            a_hold(a_person(f"M{number}"), offering, chance.choice(free))
    return offerings


@pytest.mark.parametrize("windows", [None, "evenings", "two days", "mornings in Chatham"])
def test_pages_lose_nobody_and_repeat_nobody_and_tell_each_ones_first_time(
    town: list[Offering], windows: str | None
) -> None:
    chosen = {
        None: None,
        "evenings": evenings(10),
        "two days": [(START + DAY, START + 3 * DAY)],
        "mornings in Chatham": window_rules.windows(
            "Pacific/Chatham", date(2027, 3, 30), date(2027, 4, 12), start_minute=360, end_minute=720
        ),
    }[windows]
    asked = chosen or [(START, START + 62 * DAY)]
    first: dict[str, datetime] = {}
    for offering in town:
        for opens, closes in sorted(asked):
            last = closes - timedelta(minutes=offering.minutes) + timedelta(microseconds=1)
            if free := free_times.free_times(offering, start=opens, end=last):
                handle = offering.coach.handle
                first[handle] = min(first.get(handle, free[0]), free[0])
                break
    for limit in (3, 50):
        found = everybody(SearchCriteria(), chosen, limit)
        assert {one.coach.handle: one.starts_at for one in found} == first
        assert len(found) == len(first) > 3
        bookable = [coaches.offering_for_booking(one.offering.id) for one in found]
        assert all(free_times.is_free(one, it.starts_at) for one, it in zip(bookable, found, strict=True))


def test_going_on_where_there_is_one_way_only_to_be_free() -> None:
    for number in range(4):
        an_offering(open_all_week(a_coach(f"coach-{number}", timezone="UTC"), f"{10 + number}:00", "19:00"))
    found = everybody(SearchCriteria(), [(START + DAY, START + 9 * DAY)], limit=1)
    assert [f"{one.starts_at:%d %H}" for one in found] == ["02 10", "02 11", "02 12", "02 13"]


def test_a_search_goes_on_as_of_when_it_began(town: list[Offering], moment: Moment) -> None:
    before = [found.coach.handle for found in everybody(SearchCriteria(), limit=50)]
    page = search_queries.search(SearchCriteria(), limit=5)
    moment.advance(minutes=20)
    later = []
    after = page.next_cursor
    while after:
        following = search_queries.search(SearchCriteria(), after=after, limit=5)
        later += handles(following)
        after = following.next_cursor
    assert sorted(handles(page) + later) == sorted(before)


@pytest.mark.parametrize("cursor", ["nonsense", "W10=", "WyJhIiwiYiIsImMiLCJkIl0="])
def test_a_cursor_that_is_none_of_ours_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid) as refused:
        search_queries.search(SearchCriteria(), after=cursor)
    assert list(refused.value.fields) == ["after"]


@pytest.mark.parametrize("few_and_many", [(100, 5000), (0, 5000), (0, 1)], ids=["few", "a set", "nearly all"])
def test_however_many_fit_they_are_found_in_the_same_order(
    town: list[Offering], few_and_many: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for offering in town[::2]:
        offering.coach.topics = ["gardening", "python"]
    session().commit()
    criteria = SearchCriteria(topic="gardening", text="gardning", language="en")
    expected = [
        (one.coach.handle, one.starts_at) for one in search_queries.search(criteria, evenings(9), limit=50).items
    ]
    monkeypatch.setattr(search_walk, "FEW", few_and_many[0])
    monkeypatch.setattr(search_walk, "MANY", few_and_many[1])
    found = everybody(criteria, evenings(9), limit=4)
    assert sorted((one.coach.handle, one.starts_at) for one in found) == sorted(expected)
    assert len(expected) > 5


def meets(offering: Offering, criteria: SearchCriteria) -> bool:
    """The same by hand, for a text of one word that a headline has or has not."""
    coach = offering.coach
    return (
        criteria.kind in {None, offering.kind}
        and criteria.minutes in {None, offering.minutes}
        and criteria.currency in {None, offering.currency}
        and (criteria.max_price_cents is None or offering.price_cents <= criteria.max_price_cents)
        and (criteria.topic is None or criteria.topic in coach.topics)
        and (criteria.language is None or criteria.language in coach.languages)
        and (criteria.text is None or criteria.text in coach.headline)
    )


@pytest.mark.parametrize("few_and_many", [(100, 5000), (0, 5000), (0, 1)], ids=["few", "a set", "nearly all"])
def test_criteria_are_met_together_and_each_may_be_left_out(
    town: list[Offering], few_and_many: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_walk, "FEW", few_and_many[0])
    monkeypatch.setattr(search_walk, "MANY", few_and_many[1])
    for number, offering in enumerate(town):
        offering.coach.topics = ["gardening"] if number % 4 else ["python"]
        offering.coach.languages = ["en"] if number % 3 else ["fr"]
        offering.coach.headline = "Brewing" if number % 5 < 3 else "Leadership"
        offering.kind = ("mentor", "tutor")[number % 5 < 3]
        offering.price_cents = 4000 + 100 * number
    session().commit()
    opens, closes = START, START + 9 * DAY
    free = [
        one
        for one in town
        if free_times.free_times(one, start=opens, end=closes - timedelta(minutes=one.minutes, microseconds=-1))
    ]
    pages = []
    for chosen in itertools.product((False, True), repeat=6):
        asked = {
            "topic": "gardening", "language": "fr", "kind": "tutor", "minutes": 60, "max_price_cents": 6500,
            "text": "Brewing",
        }  # fmt: skip
        criteria = SearchCriteria(**{name: asked[name] for name, wanted in zip(asked, chosen, strict=True) if wanted})
        found = handles(search_queries.search(criteria, [(opens, closes)], limit=50))
        assert sorted(found) == sorted({one.coach.handle for one in free if meets(one, criteria)})
        pages.append(len(found))
    assert max(pages) > 20
    assert sum(1 for count in pages if count) > 32


@pytest.fixture
def count_statements() -> Callable[[Callable[[], Any]], int]:
    def count(work: Callable[[], Any]) -> int:
        seen: list[str] = []

        def note(_: Any, __: Any, statement: str, *___: Any) -> None:
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            work()
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    return count


def test_questions_are_asked_of_all_who_are_found_at_once(
    town: list[Offering], count_statements: Callable[[Callable[[], Any]], int]
) -> None:
    few = count_statements(lambda: search_queries.search(SearchCriteria(), limit=2))
    many = count_statements(lambda: search_queries.search(SearchCriteria(), limit=20))
    # The index may have to be walked a second time, for twenty as for two.
    assert max(few, many) <= 14


def test_windows_at_a_change_of_the_clocks_are_what_clocks_show() -> None:
    # Berlin, 28 March 2027: from 02:00 to 03:00 there is nothing.
    night = window_rules.windows("Europe/Berlin", date(2027, 3, 27), date(2027, 3, 28), start_minute=60, end_minute=240)
    assert [closes - opens for opens, closes in night] == [timedelta(hours=3), timedelta(hours=2)]
    over = window_rules.windows(
        "Europe/Berlin", date(2027, 3, 2), date(2027, 3, 2), start_minute=22 * 60, end_minute=120
    )
    assert over == [(datetime(2027, 3, 2, 21, tzinfo=UTC), datetime(2027, 3, 3, 1, tzinfo=UTC))]


def test_the_words_of_a_coach_are_kept_by_the_database() -> None:
    ada = a_coach("ada", topics=["leadership"])
    kept = text("select words::text, names from coaches where id = :id")
    words, names = session().execute(kept, {"id": ada.id}).one()
    assert "'leadership':" in words
    assert names == "ada ada leadership"


def test_a_coach_behind_many_without_a_bookable_time_is_found_all_the_same(
    moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[search_queries.SearchResult.__module__], "ROWS_LATER", 1)
    for number in range(20):
        # Their only hour is not one at which a session of theirs may start.
        off_the_hour = a_coach(f"odd-{number:02}", timezone="UTC")
        weekly_hours(off_the_hour, 1, "09:05", "10:10")
        an_offering(off_the_hour, start_step_minutes=60)
    an_offering(open_all_week(a_coach("even", timezone="UTC"), "12:00", "13:00"))
    assert handles(search_queries.search(SearchCriteria(), limit=1)) == ["even"]


def test_a_search_among_many_who_cannot_be_booked_has_an_end_and_goes_on(
    moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = sys.modules[search_queries.SearchResult.__module__]
    monkeypatch.setattr(module, "ROWS_LATER", 1)
    monkeypatch.setattr(module, "MOST_LOOKED_AT", 4)
    for number in range(10):
        off_the_hour = a_coach(f"odd-{number:02}", timezone="UTC")
        weekly_hours(off_the_hour, 1, "09:05", "10:10")
        an_offering(off_the_hour, start_step_minutes=60)
    an_offering(open_all_week(a_coach("even", timezone="UTC"), "12:00", "13:00"))
    pages = [search_queries.search(SearchCriteria(), limit=1)]
    while (cursor := pages[-1].next_cursor) is not None:
        pages.append(search_queries.search(SearchCriteria(), after=cursor, limit=1))
    assert handles(pages[0]) == []
    assert [handle for page in pages for handle in handles(page)] == ["even"]


def test_an_odd_time_of_day_finds_what_begins_on_a_step_of_the_coachs_clock(moment: Moment) -> None:
    an_offering(open_all_week(a_coach("ada", timezone="Asia/Kathmandu"), "00:00", "24:00"), start_step_minutes=60)

    def found(start_minute: int, end_minute: int) -> list[str]:
        first = moment.now.date() + timedelta(days=1)
        asked = window_rules.windows(
            "UTC", first, first + timedelta(days=20), start_minute=start_minute, end_minute=end_minute
        )
        return handles(search_queries.search(SearchCriteria(), asked))

    # Kathmandu is 5:45 ahead: its whole hours are a quarter past those of UTC.
    assert found(10 * 60 + 15, 11 * 60 + 15) == ["ada"]
    assert found(10 * 60 + 16, 11 * 60 + 16) == []
    assert found(10 * 60 + 16, 12 * 60 + 15) == ["ada"]
