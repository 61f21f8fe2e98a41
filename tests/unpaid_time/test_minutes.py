"""Minutes written down by hand, by a timer and by the application; once each, and only ever reversed."""

from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from marketplace.asks.service import answers
from marketplace.db import session, uuid7
from marketplace.errors import Invalid, NotFound
from marketplace.unpaid_time import queries
from marketplace.unpaid_time.models import UnpaidEntry
from marketplace.unpaid_time.service import documents, entries, known_time, timers
from tests.factories import a_coach


def written(coach):
    chosen = select(UnpaidEntry).where(UnpaidEntry.coach_id == coach.id).order_by(UnpaidEntry.id)
    return [(each.kind, each.minutes, each.value_cents) for each in session().scalars(chosen)]


def test_minutes_are_valued_by_the_rate_card_of_that_day_for_good(ada, offering):
    entry = entries.log(ada.user, kind="coffee", minutes=30, note="With a student.")
    assert (entry.value_cents, entry.currency, entry.day) == (6000, "usd", date(2027, 3, 1))
    offering.price_cents = 20000
    session().commit()
    assert written(ada) == [("coffee", 30, 6000)]


def test_without_a_rate_card_minutes_count_and_come_to_nothing(ada):
    assert entries.log(ada.user, kind="talk", minutes=30).value_cents == 0


def test_a_form_that_is_sent_twice_is_written_once(ada, offering):
    entry_id = uuid7()
    for _twice in range(2):
        assert entries.log(ada.user, kind="other", minutes=5, entry_id=entry_id).id == entry_id
    assert len(written(ada)) == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"kind": "pro_bono"}, "kind"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 601}, "minutes"),
        ({"day": date(2027, 3, 2)}, "day"),
        ({"day": date(2026, 2, 1)}, "day"),
        ({"note": "x" * 201}, "note"),
    ],
)
def test_what_may_not_be_is_named(ada, said, field):
    with pytest.raises(Invalid) as refused:
        entries.log(ada.user, **{"kind": "coffee", "minutes": 5} | said)
    assert set(refused.value.fields) == {field}


def test_an_entry_is_taken_back_once_and_by_its_coach_alone(ada, mia, offering):
    entry = entries.log(ada.user, kind="coffee", minutes=30)
    with pytest.raises(NotFound):
        entries.reverse(a_coach("bea").user, entry_id=entry.id)
    undo = entries.reverse(ada.user, entry_id=entry.id)
    with pytest.raises(entries.MinutesTakenBack):
        entries.reverse(ada.user, entry_id=entry.id)
    with pytest.raises(entries.NotReversible):
        entries.reverse(ada.user, entry_id=undo.id)
    assert sum(minutes for _kind, minutes, _cents in written(ada)) == 0
    assert queries.given_in_year(ada, 2027) == []


@pytest.mark.parametrize("statement", ["update unpaid_entries set minutes = 1", "delete from unpaid_entries"])
def test_nothing_of_it_is_changed(ada, offering, statement):
    entries.log(ada.user, kind="coffee", minutes=30, note="Ben")
    session().execute(text("update unpaid_entries set note = ''"))
    with pytest.raises(IntegrityError, match="append-only"):
        session().execute(text(statement))


def test_one_timer_runs_and_becomes_its_minutes(ada, offering, moment):
    timers.start(ada.user, kind="talk")
    with pytest.raises(timers.TimerRuns):
        timers.start(ada.user, kind="coffee")
    moment.advance(minutes=10)
    assert timers.stop(ada.user).minutes == 10
    with pytest.raises(timers.NoTimer):
        timers.stop(ada.user)
    timers.start(ada.user, kind="talk")
    timers.discard(ada.user)
    assert written(ada) == [("talk", 10, 2000)]


def test_a_forgotten_timer_stops_after_four_hours(ada, offering, moment):
    timers.start(ada.user, kind="talk")
    moment.advance(hours=3)
    known_time.record_unpaid_time()
    assert queries.timer_of(ada) is not None
    moment.advance(hours=30)
    known_time.record_unpaid_time()
    assert (queries.timer_of(ada), written(ada)) == (None, [("talk", 240, 48000)])


def test_an_answer_is_written_down_by_itself_for_both(ask, ada, mia):
    answers.answer(ada.user, ask_id=ask.id, reply="Ask both.", minutes=15)
    for _twice in range(2):
        known_time.record_unpaid_time()
    assert written(ada) == [("answer", 15, 3000)]
    year = queries.year_of(ada, 2027)
    assert (year.asked.minutes, year.outcomes["given"].minutes, year.given.minutes) == (45, 45, 15)


def test_the_files_of_a_year_say_what_was_written(ada, offering):
    kept = entries.log(ada.user, kind="coffee", minutes=30, note="=Ben")
    entries.reverse(ada.user, entry_id=entries.log(ada.user, kind="talk", minutes=60).id)
    lines = documents.entries_csv(queries.entries_of_year(ada, 2027)).splitlines()
    assert len(lines) == 4
    assert lines[1].startswith("2027-03-01,coffee,30,60.00,USD,'=Ben,hand,")
    assert queries.given_in_year(ada, 2027) == [kept]
    assert documents.statement_pdf(ada, 2027, [kept]).startswith(b"%PDF")
