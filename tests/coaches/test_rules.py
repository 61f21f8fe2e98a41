"""What a profile and a rate may be."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from marketplace.coaches import rules
from marketplace.coaches.spoken_languages.rules import language_code, language_name
from marketplace.config import Settings
from marketplace.currencies import Amounts

SETTINGS = Settings()
PROFILE = {
    "handle": "ada",
    "headline": "Leads platform teams",
    "about": "Since 2009.",
    "topics": ["leadership"],
    "languages": ["en"],
    "kinds": ["mentor"],
    "timezone": "Europe/Berlin",
    "currency": "usd",
    "licence": None,
}
LINE = {
    "title": "One hour",
    "description": "",
    "kind": "mentor",
    "minutes": 60,
    "price_cents": 12000,
    "currency": "usd",
    "by_approval": False,
    "buffer_before_minutes": 0,
    "buffer_after_minutes": 0,
    "notice_hours": 12,
    "horizon_days": 60,
}


def test_a_whole_profile_has_no_problems() -> None:
    assert rules.profile_problems(PROFILE, offered=["eur", "usd"]) == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("handle", "ab"),
        ("handle", "-ada"),
        ("handle", "ada-"),
        ("handle", "Ada"),
        ("handle", "a" * 41),
        ("handle", "ad a"),
        ("handle", "адa"),
        ("handle", "ada\n"),
        ("handle", "admin"),
        ("handle", "desk"),
        ("headline", "  "),
        ("headline", "x" * 121),
        ("about", ""),
        ("about", "x" * 8001),
        ("licence", "x" * 201),
        ("topics", []),
        ("topics", ["x" * 41]),
        ("topics", [str(number) for number in range(13)]),
        ("languages", []),
        ("languages", ["en", "klingon"]),
        ("kinds", []),
        ("kinds", ["wizard"]),
        ("timezone", "CET+1"),
        ("timezone", "Etc/GMT+5"),
        ("timezone", ""),
        ("currency", "xyz"),
        ("currency", "czk"),
    ],
)
def test_what_is_wrong_with_a_profile_is_named(field: str, value: Any) -> None:
    assert list(rules.profile_problems(PROFILE | {field: value}, offered=["eur", "usd"])) == [field]


def test_a_therapist_needs_a_licence() -> None:
    therapist = PROFILE | {"kinds": ["therapist"]}
    assert list(rules.profile_problems(therapist, offered=["usd"])) == ["licence"]
    assert rules.profile_problems(therapist | {"licence": "Berlin 1234"}, offered=["usd"]) == {}


@pytest.mark.parametrize(
    ("minutes", "currency", "floor_cents"),
    [
        (10, "usd", 1500),
        (30, "usd", 1500),
        (31, "usd", 1550),
        (50, "eur", 2500),
        (60, "usd", 3000),
        (90, "gbp", 4500),
        (480, "usd", 24000),
        (60, "jpy", 4500),
        (31, "jpy", 2325),
        (30, "czk", 30000),
    ],
)
def test_the_floor_is_so_much_a_session_and_so_much_an_hour(minutes: int, currency: str, floor_cents: int) -> None:
    assert rules.price_floor_cents(minutes, currency, SETTINGS) == floor_cents


def test_the_floor_is_a_setting_and_never_rounded_down() -> None:
    settings = replace(SETTINGS, floor_session=Amounts(Decimal(1)), floor_hour=Amounts(Decimal("25.00")))
    assert rules.price_floor_cents(20, "usd", settings) == 834


def test_a_whole_offering_has_no_problems() -> None:
    assert rules.offering_problems(LINE, kinds=["mentor"], settings=SETTINGS) == {}


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("title", " ", "title"),
        ("title", "x" * 101, "title"),
        ("description", "x" * 2001, "description"),
        ("kind", "tutor", "kind"),
        ("minutes", 9, "minutes"),
        ("minutes", 481, "minutes"),
        ("buffer_before_minutes", 241, "buffer_before_minutes"),
        ("buffer_after_minutes", -1, "buffer_after_minutes"),
        ("notice_hours", 721, "notice_hours"),
        ("horizon_days", 0, "horizon_days"),
        ("price_cents", 2999, "price"),
        ("price_cents", 10**9 + 1, "price"),
    ],
)
def test_what_is_wrong_with_an_offering_is_named(field: str, value: Any, named: str) -> None:
    assert list(rules.offering_problems(LINE | {field: value}, kinds=["mentor"], settings=SETTINGS)) == [named]


def test_a_price_below_the_floor_is_told_the_floor() -> None:
    problems = rules.offering_problems(LINE | {"price_cents": 100}, kinds=["mentor"], settings=SETTINGS)
    assert "30.00 USD" in problems["price"]


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[click](javascript:alert(1))",
        "[click](data:text/html;base64,PHNjcmlwdD4=)",
        "![pixel](https://tracker.example/p.png)",
        "<a href='https://x.example' onclick='alert(1)'>x</a>",
        "<javascript:alert(1)>",
    ],
)
def test_nothing_in_the_markdown_runs_or_loads(markdown: str) -> None:
    html = rules.about_html(markdown)
    assert set(re.findall(r"<(\w+)", html)) <= {"p", "a"}
    assert set(re.findall(r"\s(\w+)=\"", html)) <= {"href", "rel"}
    assert all(address.startswith("https://") for address in re.findall(r'href="([^"]*)"', html))


def test_markdown_keeps_its_structure_below_the_headings_of_the_page() -> None:
    html = rules.about_html("# Work\n\n#### Since\n\n- **2009**\n\n[site](https://ada.example)")
    assert "<h3>Work</h3>" in html
    assert "<h4>Since</h4>" in html
    assert "<li><strong>2009</strong></li>" in html
    assert '<a href="https://ada.example" rel="nofollow noopener ugc">site</a>' in html


@pytest.mark.parametrize(
    ("text", "code"), [("de", "de"), (" DE ", "de"), ("German", "de"), ("deutsch", "de"), ("Klingon", None), ("", None)]
)
def test_languages_are_known_by_code_and_name(text: str, code: str | None) -> None:
    assert language_code(text) == code


def test_languages_are_shown_by_their_english_names() -> None:
    assert language_name("pt") == "Portuguese"
    assert language_name("xx") == "xx"


def test_topics_are_compared_without_case_and_spare_blanks() -> None:
    assert rules.topic("  Career   Change ") == "career change"
    assert rules.unique(["a", "", "b", "a"]) == ["a", "b"]


def test_every_state_that_can_be_reached_is_named() -> None:
    assert set(rules.STATES.states) == set(rules.STATUS_NAMES)
    assert set().union(*rules.STATES.following.values()) <= set(rules.STATUS_NAMES)


@pytest.mark.parametrize(
    ("cents", "minutes", "hour"), [(12000, 60, 12000), (9500, 45, 12667), (6500, 30, 13000), (1000, 480, 125)]
)
def test_what_an_hour_costs_is_rounded_to_the_nearest_unit(cents, minutes, hour):
    assert rules.hour_cents(cents, minutes) == hour
