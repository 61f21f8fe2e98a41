"""What a policy may say, how it reads, and what is refunded under it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.policies import rules

STARTS = datetime(2027, 3, 10, 18, tzinfo=UTC)
HOUSE = rules.Terms(tiers=((24, 100), (4, 50)), grace_minutes=60, dispute_window_hours=48, request_hours=48)
THREE = replace(HOUSE, tiers=((168, 100), (48, 70), (0, 30)), grace_minutes=0)
SAID = {"grace_minutes": 60, "reschedules": 1, "reschedule_hours": 4}


def refund_under(terms, hours_before, *, booked_hours_before=500, price=10000):
    return terms.refund(
        price,
        starts_at=STARTS,
        booked_at=STARTS - timedelta(hours=booked_hours_before),
        now=STARTS - timedelta(hours=hours_before),
    )


@pytest.mark.parametrize(
    ("hours_before", "cents"), [(168, 10000), (167.99, 7000), (48, 7000), (47.99, 3000), (0, 3000), (-0.01, 0)]
)
def test_each_step_holds_from_its_hour_on(hours_before, cents):
    assert refund_under(THREE, hours_before)[0] == cents


@pytest.mark.parametrize(
    ("hours_before", "why"),
    [
        (200, "It is 7 days or more away: everything is refunded."),
        (100, "It is less than 7 days away: 70 % is refunded."),
        (1, "It is less than 48 hours away: 30 % is refunded."),
        (-1, "It is less than 0 hours away: nothing is refunded."),
    ],
)
def test_the_reason_names_the_step_that_was_missed(hours_before, why):
    assert refund_under(THREE, hours_before)[1] == why


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0, "0 hours"),
        (1, "1 hour"),
        (2, "2 hours"),
        (48, "48 hours"),
        (71, "71 hours"),
        (72, "3 days"),
        (720, "30 days"),
        (73, "73 hours"),
    ],
)
def test_how_hours_are_told(hours, words):
    assert rules.spoken(hours) == words


def test_a_last_hour_is_one():
    terms = replace(HOUSE, tiers=((24, 100), (1, 50)))
    assert terms.sentences()[1] == "Between 24 hours and 1 hour before: half is refunded."


@pytest.mark.parametrize(
    ("booked_hours_before", "minutes", "cents"),
    [
        (24.5, 60, 10000),
        (24.5, 61, 5000),
        (30, 400, 5000),
        (24.1, 30, 10000),
        (24, 30, 5000),
        (23, 10, 5000),
        (200, 195 * 60, 5000),
    ],
)
def test_a_cancellation_within_the_grace_is_refunded_whole(booked_hours_before, minutes, cents):
    hours_before = booked_hours_before - minutes / 60
    assert refund_under(HOUSE, hours_before, booked_hours_before=booked_hours_before)[0] == cents


def test_what_older_copies_do_not_name_is_as_it_was():
    assert (HOUSE.reschedules, HOUSE.reschedule_hours) == (1, 4)


@pytest.mark.parametrize(
    ("percent", "words"), [(0, "nothing"), (1, "1 %"), (50, "half"), (99, "99 %"), (100, "everything")]
)
def test_how_parts_are_told(percent, words):
    assert rules.part(percent) == words


def test_the_house_is_never_retired():
    assert rules.may_retire(is_house=False)
    assert not rules.may_retire(is_house=True)


def test_without_minutes_to_change_ones_mind_there_are_none():
    assert refund_under(THREE, 168 - 1e-9, booked_hours_before=168)[0] == 7000


@given(st.integers(1, 10**9), st.floats(-10, 800), st.floats(0, 800), st.sampled_from([HOUSE, THREE]))
def test_nobody_gets_back_more_than_was_paid_or_less_than_nothing(price, hours_before, booked, terms):
    cents, _ = refund_under(terms, hours_before, booked_hours_before=hours_before + booked, price=price)
    assert 0 <= cents <= price


@given(st.integers(1, 10**9))
def test_later_never_brings_back_more(price):
    found = [refund_under(THREE, hours, price=price)[0] for hours in (200, 168, 100, 48, 10, 0, -1)]
    assert found == sorted(found, reverse=True)


def test_how_the_house_and_another_read():
    assert HOUSE.sentences()[:4] == [
        "Cancel 24 hours or more before: everything is refunded, fees included.",
        "Between 24 and 4 hours before: half is refunded.",
        "Later, or without coming: nothing is refunded.",
        "Changed your mind within 60 minutes of booking, with the session more than 24 hours away: "
        "everything is refunded.",
    ]
    assert THREE.sentences()[:4] == [
        "Cancel 7 days or more before: everything is refunded, fees included.",
        "Between 7 days and 48 hours before: 70 % is refunded.",
        "From 48 hours before until it starts: 30 % is refunded.",
        "Without coming: nothing is refunded.",
    ]
    assert not any("Changed your mind" in sentence for sentence in THREE.sentences())


@pytest.mark.parametrize(
    ("reschedules", "words"), [(0, "only if the coach"), (1, "move it once"), (2, "move it 2 times")]
)
def test_it_says_how_often_a_session_may_be_moved(reschedules, words):
    assert words in replace(HOUSE, reschedules=reschedules).sentences()[-1]


@pytest.mark.parametrize("terms", [HOUSE, replace(THREE, name="Strict", version=3)])
def test_it_survives_its_copy_on_the_booking(terms):
    assert rules.Terms.of(terms.as_json()) == terms
    assert rules.Terms.of(terms.as_json() | {"not thought of yet": 1}) == terms


def test_a_copy_from_before_policies_had_names_is_still_read():
    older = {
        "full_refund_hours": 24,
        "half_refund_hours": 4,
        "grace_minutes": 60,
        "dispute_window_hours": 48,
        "request_hours": 48,
    }
    assert rules.Terms.of(older) == HOUSE
    assert HOUSE.label == ""
    assert replace(HOUSE, name="Standard", version=2).label == "Standard, version 2"


@pytest.mark.parametrize(
    ("tiers", "words"),
    [
        ([], "Begin with the hours"),
        ([(24, 99)], "Begin with the hours"),
        ([(24, 101)], "Begin with the hours"),
        ([(24, 100), (4, 101)], "percents from 1 to 100"),
        ([(24, 100), (4, -1)], "percents from 1 to 100"),
        ([(48, 100), (24, 30), (4, 50)], "nearer to the session"),
        ([(5, 100), (4, 90), (3, 80), (2, 70), (1, 60)], "at most 4 steps"),
        ([(721, 100)], "hours from 0 to 720"),
        ([(24, 100), (-1, 50)], "hours from 0 to 720"),
        ([(24, 100), (4, 0)], "percents from 1 to 100"),
        ([(24, 100), (24, 50)], "nearer to the session"),
        ([(24, 100), (30, 50)], "nearer to the session"),
        ([(24, 100), (4, 100)], "nearer to the session"),
    ],
)
def test_steps_that_make_no_sense_are_refused(tiers, words):
    assert words in rules.problems(tiers=tiers, **SAID)["tiers"]


@pytest.mark.parametrize("tiers", [[(720, 100)], [(0, 100)], [(4, 100), (3, 3), (2, 2), (0, 1)]])
def test_steps_that_are_fine(tiers):
    assert rules.problems(tiers=tiers, **SAID) == {}


@pytest.mark.parametrize(
    ("name", "wrong", "fine"),
    [
        ("grace_minutes", (-1, 1441), (0, 1440)),
        ("reschedules", (-1, 11), (0, 10)),
        ("reschedule_hours", (-1, 721), (0, 720)),
    ],
)
def test_each_number_has_its_bounds(name, wrong, fine):
    for value in wrong:
        assert list(rules.problems(tiers=[(24, 100)], **SAID | {name: value})) == [name]
    for value in fine:
        assert rules.problems(tiers=[(24, 100)], **SAID | {name: value}) == {}


@pytest.mark.parametrize(
    ("name", "problem"), [("", True), ("x" * 41, True), ("S\x00", True), ("x" * 40, False), ("S", False)]
)
def test_a_policy_has_a_name_of_some_length(name, problem):
    assert bool(rules.name_problem(name)) is problem
