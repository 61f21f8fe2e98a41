"""Finding a coach, her rates and her free times, as a passer-by."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from marketplace import config
from marketplace.coaches.models import Coach, Offering
from marketplace.db import session
from marketplace.exchange_rates.models import ExchangeRate
from tests.conftest import Moment
from tests.doors import PageClient
from tests.factories import a_coach, a_person, an_admin, an_offering, open_all_week, weekly_hours


def text_of(page: str) -> str:
    """The words of a page without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def read(client: PageClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def offered(handle: str = "ada", **changes: object) -> Offering:
    coach = a_coach(handle, **changes)
    open_all_week(coach)
    return an_offering(coach)


def times_path(offering: Offering, **query: str) -> str:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/@ada/{offering.id}?{asked}"


def shown_times(page: str) -> list[str]:
    return re.findall(r'class="slot"[^>]*>([^<]+)<', page)


def test_the_directory_lists_coaches_with_something_to_book(client: PageClient) -> None:
    an_offering(a_coach("ada"), price_cents=8000, minutes=30)
    a_coach("empty")
    an_offering(a_coach("waiting", status="applied"))
    page = text_of(read(client, "/coaches"))
    assert "Ada" in page
    assert "160.00 USD per hour" in page
    assert "Empty" not in page
    assert "Waiting" not in page


def test_who_has_time_when_it_suits_is_told_with_the_time_and_the_way_to_book_it(client: PageClient) -> None:
    an_offering(open_all_week(a_coach("ada"), "09:00", "12:00"))
    evening = an_offering(open_all_week(a_coach("eve"), "18:00", "21:00"), price_cents=9000)
    asked = "/coaches?start=18:00&end=22:00&weekdays=1&weekdays=2&minutes=60&currency=usd&zone=Europe/Berlin"
    page = read(client, asked)
    words = text_of(page)
    assert "Soonest free first" in words
    assert "Eve" in words
    assert "Ada" not in words
    assert "90.00 USD for 60 minutes" in words
    assert "Tue 2 Mar, 18:00 (Berlin)" in words
    (way,) = re.findall(r'href="(/book/[^"]*starts_at=[^"]*)"', page)
    assert str(evening.id) in way
    assert re.findall(r'name="weekdays" value="(\d)" checked', page) == ["1", "2"]
    assert 'value="18:00"' in page


def test_the_soonest_are_paged_and_everything_asked_stays_in_the_address(client: PageClient) -> None:
    for number in range(23):
        an_offering(open_all_week(a_coach(f"coach-{number:02}")), notice_hours=number)
    first = read(client, "/coaches?sort=soonest&kind=mentor")
    (more,) = re.findall(r'href="([^"]+)" rel="next"', first)
    assert {"sort", "kind", "after"} == set(parse_qs(urlsplit(unescape(more)).query))
    second = read(client, unescape(more))
    listed = [set(re.findall(r'class="name" href="/@([\w-]+)"', page)) for page in (first, second)]
    assert [len(page) for page in listed] == [20, 3]
    assert not listed[0] & listed[1]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("first=soon", "Write a date like 2027-03-02."),
        ("first=2027-03-05&last=2027-03-04", "The last day must not come before the first"),
        ("first=2027-03-05&last=2028-03-04", "Look through at most 62 days."),
        ("start=late", "Write a time like 18:00."),
        ("minutes=5", "Sessions last 10 to 480 minutes."),
        ("minutes=x", "Write a whole number of minutes."),
        ("weekdays=9", "Monday is 0, Sunday 6."),
        ("sort=soonest&after=nonsense", "Take the cursor from the page before."),
    ],
)
def test_a_wish_for_times_that_makes_no_sense_is_told_and_kept(client: PageClient, query: str, sentence: str) -> None:
    page = read(client, f"/coaches?{query}&text=ada", 422)
    assert sentence in text_of(page)
    assert 'value="ada"' in page


def test_nobody_with_such_a_time_is_said(client: PageClient) -> None:
    an_offering(open_all_week(a_coach("ada"), "09:00", "12:00"))
    assert "No coach has such a time." in read(client, "/coaches?start=22:00&end=23:30&zone=Europe/Berlin")


def test_an_empty_directory_says_what_to_do(client: PageClient) -> None:
    page = read(client, "/coaches")
    assert "Nobody has published rates here yet." in page
    assert 'href="/apply"' in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=tutor", ["Bea"]),
        ("topic=Chess", ["Bea"]),
        ("language=fr", ["Bea"]),
        ("text=chess", ["Bea"]),
        ("text=ada+leadership", ["Ada"]),
        ("max_price=90", ["Ada"]),
        ("max_price=150.00&currency=eur", ["Bea"]),
    ],
)
def test_filters_narrow_the_directory_and_stand_in_the_form(client: PageClient, query: str, found: list[str]) -> None:
    an_offering(a_coach("ada"), price_cents=9000)
    bea = a_coach("bea", kinds=["tutor"], topics=["chess"], languages=["fr"], currency="eur", about="Plays.")
    an_offering(bea, kind="tutor", price_cents=15000)
    page = read(client, f"/coaches?{query}")
    assert re.findall(r'class="name"[^>]*>([^<]+)<', page) == found


@pytest.mark.parametrize(
    ("query", "words", "nearest", "back"),
    [
        ("max_price=90&currency=eur", "At any price, these do:", ["Bea", "Ada"], "/coaches?currency=eur"),
        ("kind=mentor&text=100%25", "Without your words, these do:", ["Ada"], "/coaches?kind=mentor"),
        ("topic=chess&language=de", "In any language, these do:", ["Bea"], "/coaches?topic=chess"),
        ("start=03:00&end=04:00", "These are free soonest:", ["Ada"], "/coaches"),
    ],
)
def test_where_nobody_fits_the_nearest_are_named(
    client: PageClient, query: str, words: str, nearest: list[str], back: str
) -> None:
    an_offering(open_all_week(a_coach("ada")), price_cents=9000)
    bea = a_coach("bea", kinds=["tutor"], topics=["chess"], languages=["fr"], currency="eur", about="Plays.")
    an_offering(bea, kind="tutor", price_cents=15000)
    page = read(client, f"/coaches?{query}")
    assert words in page
    assert re.findall(r'class="name"[^>]*>([^<]+)<', page) == nearest
    assert f'href="{back}">Show all of these' in page


def test_where_nobody_is_near_that_is_said(client: PageClient) -> None:
    offered()
    assert "No coach fits all of that." in read(client, "/coaches?topic=gardening&language=zu")


def test_filters_are_links_with_how_many_they_leave_and_go_again(client: PageClient) -> None:
    an_offering(a_coach("ada"))
    an_offering(a_coach("bea", kinds=["tutor"], topics=["python"], languages=["fr"]), kind="tutor")
    page = unescape(read(client, "/coaches?text=python"))
    assert "2 coaches" in text_of(page)
    assert re.search(r'href="/coaches\?text=python&kind=tutor">Tutor <span class="muted">1<', page)
    assert re.search(r'href="/coaches\?text=python&language=fr">French <span class="muted">1<', page)
    chosen = unescape(read(client, "/coaches?text=python&kind=tutor"))
    assert re.search(r'href="/coaches\?text=python" aria-current="true">Tutor<', chosen)


def test_presets_and_orders_are_links(client: PageClient) -> None:
    offered()
    page = unescape(read(client, "/coaches?kind=mentor"))
    for address in (
        "/coaches?kind=mentor&first=2027-03-02&last=2027-03-02",
        "/coaches?kind=mentor&start=17:00&end=22:00",
        "/coaches?kind=mentor&weekdays=5,6",
        "/coaches?kind=mentor&sort=price",
        "/coaches?kind=mentor&sort=soonest",
    ):
        assert f'href="{address}"' in page.replace("%2C", ",").replace("%3A", ":")
        read(client, address)
    assert "Nobody can pay to be shown first" in read(client, "/coaches/order")


def test_the_lowest_price_for_an_hour_comes_first_where_one_asks_for_it(client: PageClient) -> None:
    an_offering(a_coach("ada"), price_cents=9000)
    an_offering(a_coach("bea"), price_cents=5000, minutes=30)
    an_offering(a_coach("cleo"), price_cents=8000)
    page = read(client, "/coaches?sort=price")
    assert re.findall(r'class="name"[^>]*>([^<]+)<', page) == ["Cleo", "Ada", "Bea"]
    assert "100.00 USD per hour" in text_of(page)


def test_each_card_names_the_next_time(client: PageClient) -> None:
    offering = offered()
    page = read(client, "/coaches")
    assert "Mon 1 Mar, 22:00" not in page
    assert re.search(rf'href="/book/{offering.id}\?starts_at=', page)
    assert "120.00 USD for 60 minutes" in text_of(page)


def test_prices_in_another_currency_are_about_so_much(client: PageClient) -> None:
    an_offering(a_coach("ada", currency="eur"))
    for code, rate in (("eur", "1"), ("usd", "1.1")):
        session().add(ExchangeRate(currency=code, day=date(2027, 2, 26), per_euro=Decimal(rate)))
    with_rates = replace(config.current(), exchange_rates_url="https://rates.example")
    client.application.extensions["settings"] = with_rates
    page = text_of(read(client, "/coaches?currency=usd"))
    client.application.extensions["settings"] = config.current()
    assert "120.00 EUR per hour about 132.00 USD" in page
    assert "about" not in text_of(read(client, "/coaches?currency=usd")).split("Ada", 1)[1]


@pytest.mark.parametrize(
    ("query", "field"),
    [("max_price=cheap", "max_price"), ("kind=wizard", "kind"), ("currency=xyz&max_price=1", "max_price")],
)
def test_a_filter_that_makes_no_sense_is_named_and_kept(client: PageClient, query: str, field: str) -> None:
    page = read(client, f"/coaches?{query}", status=422)
    assert f'href="#{field}"' in page


def test_the_directory_goes_on_where_a_page_ends(client: PageClient) -> None:
    for number in range(25):
        an_offering(a_coach(f"coach-{number}"))
    first = read(client, "/coaches?kind=mentor")
    assert first.count('class="name"') == 20
    more = unescape(re.findall(r'href="([^"]+)" rel="next"', first)[0])
    assert "kind=mentor" in more
    second = read(client, more)
    assert second.count('class="name"') == 5
    names = re.findall(r'class="name"[^>]*>([^<]+)<', first + second)
    assert len(set(names)) == 25
    assert 'rel="next"' not in second
    read(client, "/coaches?after=nonsense", status=422)


def test_a_rate_card_shows_rates_and_safe_words(client: PageClient) -> None:
    ada = a_coach(about="**Bold** <script>alert(1)</script> [x](javascript:alert(1))", headline="<b>Hi</b>")
    an_offering(ada, title="<i>Hour</i>", by_approval=True)
    page = read(client, "/@ada")
    assert "<strong>Bold</strong>" in page
    for dangerous in ("<script>alert", 'href="javascript', "<b>Hi", "<i>Hour"):
        assert dangerous not in page
    assert "120.00 USD" in page
    assert "60 minutes" in page


def test_what_an_offering_says_is_markdown(client: PageClient) -> None:
    an_offering(a_coach(), description="Bring **one** question. <script>alert(1)</script>")
    page = read(client, "/@ada")
    assert "Bring <strong>one</strong> question." in page
    assert "<script>alert" not in page


def test_a_rate_card_is_found_however_its_handle_is_written(client: PageClient) -> None:
    a_coach("ada")
    assert "There is nothing to book here yet." in read(client, "/@Ada")


@pytest.mark.parametrize("status", ["applied", "rejected", "suspended"])
def test_only_approved_coaches_have_a_public_page(
    client: PageClient, browser_of: Callable[..., PageClient], status: str
) -> None:
    offering = offered(status=status)
    owner = offering.coach.user
    read(client, "/@ada", status=404)
    read(client, times_path(offering), status=404)
    read(browser_of(a_person()), "/@ada", status=404)
    for who in (owner, an_admin()):
        assert "Only you and the admins" in read(browser_of(who), "/@ada")


def test_times_are_shown_without_signing_in_with_their_zone_price_and_rules(client: PageClient) -> None:
    offering = offered()
    page = read(client, times_path(offering, zone="America/New_York"))
    words = text_of(page)
    assert "Times in New York" in words
    assert "120.00 USD" in words
    assert "60 minutes with Ada, 120.00 USD" in words
    assert "Cancel 24 hours or more before: everything is refunded" in words
    assert shown_times(page)[0] == "03:00", "nine in Berlin, the first after twelve hours' notice"
    first = urlsplit(unescape(re.findall(r'class="slot" href="([^"]+)"', page)[0]))
    assert first.path == f"/book/{offering.id}"
    assert parse_qs(first.query)["starts_at"] == ["2027-03-02T08:00:00+00:00"]


def test_a_person_sees_her_own_zone_whatever_the_link_says(browser_of: Callable[..., PageClient]) -> None:
    offering = offered()
    page = read(browser_of(a_person(timezone="Asia/Kathmandu")), times_path(offering, zone="America/New_York"))
    assert "Kathmandu" in page
    assert shown_times(page)[0] == "14:00"


def test_a_passer_bys_browser_names_her_zone(client: PageClient) -> None:
    client.set_cookie("zone", "Asia/Kathmandu")
    assert shown_times(read(client, times_path(offered())))[0] == "14:00"


@pytest.mark.parametrize("zone", ["Mars/Base", "", "<script>"])
def test_an_unknown_zone_falls_back_to_utc(client: PageClient, zone: str) -> None:
    page = read(client, times_path(offered(), zone=zone))
    assert "UTC" in page
    assert shown_times(page)[0] == "08:00"


def test_months_follow_one_another_from_today_to_the_horizon(client: PageClient) -> None:
    offering = offered()
    offering.horizon_days = 40
    first = read(client, times_path(offering, zone="Europe/Berlin"))
    assert "March 2027" in text_of(first)
    assert 'rel="prev"' not in first
    later = unescape(re.findall(r'href="([^"]+)" rel="next"', first)[0])
    second = read(client, later)
    assert "April 2027" in text_of(second)
    assert "zone=Europe/Berlin" in later
    assert 'rel="next"' not in second
    assert 'rel="prev"' in second
    assert free_days(first) == [*range(2, 32)]
    assert free_days(second) == [*range(1, 11)]


def free_days(page: str) -> list[int]:
    """The days of the month that can be chosen."""
    return [int(day) for day in re.findall(r'class="date" href="[^"]*" data-types="(\d+)"', page)]


@pytest.mark.parametrize("query", [{}, {"month": "2020-01"}, {"day": "never"}, {"month": ""}, {"day": "2020-01-01"}])
def test_a_month_that_is_over_or_none_is_this_month_and_its_first_free_day(
    client: PageClient, query: dict[str, str]
) -> None:
    page = text_of(read(client, times_path(offered(), zone="Europe/Berlin", **query)))
    assert "March 2027" in page
    assert "Tue 2 Mar" in page


def test_a_day_is_chosen_and_its_times_stand_by_parts_of_the_day(client: PageClient) -> None:
    page = read(client, times_path(offered(), day="2027-03-10", zone="Europe/Berlin"))
    assert re.search(r'day=2027-03-10[^>]*aria-current="date"', page)
    assert "Wed 10 Mar" in text_of(page)
    # Of a quarter of an hour after the other, those on the half.
    morning, afternoon = ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"], ["12:00", "13:00", "14:00", "15:00"]
    assert shown_times(page) == [*morning, *afternoon, "16:00"]
    (every,) = re.findall(r'href="([^"]+)">Show every time of this day', unescape(page))
    assert len(shown_times(read(client, every.partition("#")[0]))) == 29


def test_a_day_beyond_the_horizon_is_in_its_last_month(client: PageClient) -> None:
    assert "April 2027" in text_of(read(client, times_path(offered(), day="2030-01-01")))


def test_an_empty_month_leads_to_the_next_free_day(client: PageClient) -> None:
    coach = a_coach()
    weekly_hours(coach, 3)
    offering = an_offering(coach, notice_hours=24 * 9)
    assert "Thu 11 Mar" in text_of(read(client, times_path(offering, zone="Europe/Berlin")))
    offering.notice_hours = 720
    begins = read(client, times_path(offering, zone="Europe/Berlin"))
    assert "April 2027" in begins
    page = read(client, times_path(offering, zone="Europe/Berlin", month="2027-03"))
    assert shown_times(page) == []
    assert "Go to the next free day, Thu 1 Apr" in text_of(page)
    assert "day=2027-04-01" in page


def test_a_chosen_zone_is_kept_for_a_visitor(client: PageClient) -> None:
    client.set_cookie("zone", "Asia/Kathmandu")
    offering = offered()
    page = read(client, times_path(offering))
    assert 'data-guessed-zone="Asia/Kathmandu"' in page
    read(client, times_path(offering, zone="America/New_York"))
    page = read(client, times_path(offering))
    assert "Times in New York" in text_of(page)
    assert "(New York)" in text_of(read(client, f"/book/{offering.id}?starts_at=2027-03-03T10:00:00%2B00:00"))


@pytest.mark.parametrize(
    ("place", "zone"),
    [
        ("berl", "Europe/Berlin"),
        ("Germany", "Europe/Berlin"),
        ("sao paulo", "America/Sao_Paulo"),
        ("Nepal", "Asia/Kathmandu"),
    ],
)
def test_a_zone_is_found_by_city_or_country(client: PageClient, place: str, zone: str) -> None:
    page = unescape(read(client, times_path(offered(), place=place)))
    assert f"zone={zone}" in page.replace("%2F", "/")
    assert len(page) < 60_000


def test_a_place_that_is_none_is_told(client: PageClient) -> None:
    assert "No place is called so." in read(client, times_path(offered(), place="Atlantis"))


def test_a_coach_without_hours_leads_to_others(client: PageClient) -> None:
    offering = an_offering(a_coach())
    page = text_of(read(client, times_path(offering)))
    assert "Ada has no free times" in page
    assert "Find another coach" in page


def test_the_hour_that_the_viewer_sees_twice_is_told_apart(client: PageClient, moment: Moment) -> None:
    coach = a_coach(timezone="UTC")
    open_all_week(coach, "00:00", "02:00")
    offering = an_offering(coach)
    moment.set(datetime(2027, 10, 29, 9, tzinfo=UTC))
    page = read(client, times_path(offering, zone="Europe/Berlin", day="2027-10-31", starts="all"))
    assert shown_times(page)[:5] == ["02:00 CEST", "02:15 CEST", "02:30 CEST", "02:45 CEST", "02:00 CET"]
    assert len(set(shown_times(page)[:5])) == 5


@pytest.mark.parametrize("wrong", ["retired", "of another coach"])
def test_an_offering_that_cannot_be_booked_has_no_times(client: PageClient, wrong: str) -> None:
    offering = offered()
    path = times_path(offering)
    if wrong == "retired":
        offering.active = False
    else:
        a_coach("bea")
        path = path.replace("@ada", "@bea")
    assert shown_times(read(client, path, status=404)) == []


def test_a_stranger_to_the_site_is_told_there_is_nothing(client: PageClient) -> None:
    for path in ("/@nobody", "/@ada/not-an-id"):
        assert client.get(path).status_code == 404


def test_a_request_by_approval_says_so_beside_the_price(client: PageClient) -> None:
    ada: Coach = a_coach()
    open_all_week(ada)
    page = text_of(read(client, times_path(an_offering(ada, by_approval=True))))
    assert "Ada answers each request within 48 hours. Until then your card is held, not charged." in page


@pytest.mark.parametrize("more", ["", "&sort=soonest"])
def test_a_search_without_end_is_refused_by_name_before_the_database_hears_of_it(client: PageClient, more: str) -> None:
    an_offering(a_coach("ada"))
    page = text_of(read(client, f"/coaches?text={'a+' * 1000}{more}", 422))
    assert "Keep this within 100 characters." in page
    assert "Search for at most 6 words." in text_of(read(client, f"/coaches?text=a+b+c+d+e+f+g{more}", 422))
