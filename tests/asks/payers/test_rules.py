"""The payer's link and what its page says, as tables."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.asks.payers import rules
from marketplace.asks.payers.rules import Taken

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
SOON, BEFORE = NOW + timedelta(minutes=5), NOW - timedelta(minutes=5)
ID = uuid.UUID(int=7)


def taken(**facts):
    """What was chosen last, held for five minutes more."""
    return Taken(**{"booked": False, "called_off": False, "held_until": SOON, "settling": False, "open": False} | facts)


@pytest.mark.parametrize(
    ("status", "chosen", "changed", "said"),
    [
        ("sent", None, {}, rules.OPEN),
        ("sent", None, {"takeable": False}, rules.NEEDS_TIME),
        ("sent", None, {"offered": False, "takeable": False}, rules.COACH_LEFT),
        ("sent", None, {"valid_until": NOW}, rules.EXPIRED),
        ("sent", None, {"valid_until": NOW, "offered": False}, rules.EXPIRED),
        ("sent", taken(called_off=True), {}, rules.OPEN),
        ("held", taken(), {}, rules.OPEN),
        ("held", taken(), {"offered": False, "takeable": False}, rules.OPEN),
        ("held", taken(open=True), {}, rules.OPEN),
        ("held", taken(settling=True, open=True), {}, rules.UNDER_WAY),
        ("held", taken(held_until=BEFORE), {}, rules.CLOSING),
        ("held", taken(held_until=NOW), {}, rules.CLOSING),
        ("held", taken(held_until=None), {}, rules.CLOSING),
        ("held", taken(called_off=True, open=True), {}, rules.CLOSING),
        ("held", taken(called_off=True), {}, rules.OPEN),
        ("held", taken(called_off=True), {"takeable": False}, rules.NEEDS_TIME),
        ("held", taken(booked=True), {}, rules.PAID),
        ("held", None, {}, rules.OPEN),
        ("paid", taken(booked=True), {}, rules.PAID),
        ("superseded", None, {}, rules.SUPERSEDED),
        ("withdrawn", taken(called_off=True), {}, rules.WITHDRAWN),
        ("expired", None, {}, rules.EXPIRED),
    ],
)
def test_what_a_link_shows(status, chosen, changed, said):
    usual = {"valid_until": NOW + timedelta(days=1), "takeable": True, "offered": True}
    assert rules.standing(status, taken=chosen, now=NOW, **usual | changed) == said
    assert (said in rules.REFUSALS) is (said != rules.OPEN)


def test_each_generation_has_a_secret_of_its_own_that_our_key_alone_makes():
    first, second = (rules.secret(ID, generation=number, key="key") for number in (1, 2))
    others = {rules.secret(ID, generation=1, key="another"), rules.secret(uuid.UUID(int=8), generation=1, key="key")}
    assert len({first, second} | others) == 4
    assert len(first) == 32
    assert rules.digest(first) != rules.digest(second)
    assert rules.was_given(first, ID, generations=2, key="key")
    assert not rules.was_given(second, ID, generations=1, key="key")
    assert not rules.was_given("ä" * 32, ID, generations=2, key="key")


@pytest.mark.parametrize(
    ("origin", "status", "may"),
    [("ask", "sent", True), ("ask", "paid", True), ("ask", "expired", False), ("invitation", "sent", False)],
)
def test_whose_it_is_to_say_who_pays(origin, status, may):
    assert rules.may_be_named(origin, status) is may
