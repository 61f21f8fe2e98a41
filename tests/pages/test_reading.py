"""How a visitor reads: language and time zone, chosen on any page, without an account and without JavaScript."""

import re

import pytest

from marketplace.accounts import service as accounts
from tests.factories import a_person


def page_of(client, path="/login", **headers):
    return client.get(path, headers=headers).get_data(as_text=True)


def test_a_page_says_its_language_and_direction(client):
    assert '<html lang="en-GB" dir="ltr"' in page_of(client)
    assert '<html lang="de-AT" dir="ltr"' in page_of(client, **{"Accept-Language": "de-AT"})
    assert 'dir="rtl"' in page_of(client, **{"Accept-Language": "ar-XB"})


@pytest.mark.parametrize(
    ("accepted", "chosen", "told"), [("", "de", "de"), ("en-US,es-MX", "es", "es-MX"), ("de", "en", "en-GB")]
)
def test_a_visitors_language_stays_chosen(client, accepted, chosen, told):
    headers = {"Accept-Language": accepted}
    answer = client.submit(
        "/language", {"locale": chosen, "next": "/login?next=/account"}, seen="/login", headers=headers
    )
    assert (answer.status_code, answer.location) == (303, "/login?next=/account")
    assert f'<html lang="{told}"' in page_of(client, **headers)
    assert re.search(rf'value="{chosen}"[^>]*aria-current="true"', page_of(client, **headers))


def test_who_has_an_account_reads_so_from_now_on_in_mails_too(browser_of, mia):
    accounts.choose_preferences(mia, locale="en-GB", hour_cycle="h12", first_weekday=6)
    browser = browser_of(mia)
    assert browser.submit("/language", {"locale": "es", "next": "/account"}, seen="/account").status_code == 303
    assert '<html lang="es"' in page_of(browser, "/account")
    assert (mia.locale, mia.hour_cycle, mia.first_weekday) == ("es", "h12", 6)


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "", "x"])
def test_nobody_is_led_elsewhere(client, back):
    assert client.submit("/language", {"locale": "de", "next": back}, seen="/login").location == "/"


def test_a_language_that_there_is_not_is_refused(client):
    assert client.submit("/language", {"locale": "fr"}, seen="/login").status_code == 422


def test_the_zones_of_one_area_are_listed_and_the_others_led_to(client):
    page = page_of(client, "/time-zones?area=Asia&next=/coaches")
    listed = re.findall(r'name="zone" value="([^"]+)"', page)
    assert len(listed) > 50
    assert {zone.partition("/")[0] for zone in listed} == {"Asia"}
    assert "/time-zones?area=Europe" in page
    # One letter finds nearly all, which are not sent at once.
    assert len(re.findall(r'name="zone"', page_of(client, "/time-zones?search=a"))) < 150


def test_a_zone_is_found_and_chosen_without_javascript(client):
    page = page_of(client, "/time-zones?search=new york&next=/coaches")
    assert re.findall(r'name="zone" value="([^"]+)"', page) == ["America/New_York"]
    answer = client.submit("/time-zones", {"zone": "America/New_York", "next": "/coaches"})
    assert (answer.status_code, answer.location) == (303, "/coaches")
    assert "Times in New York" in page_of(client)
    assert client.submit("/time-zones", {"zone": "Mars/Olympus"}).status_code == 422


def test_names_of_zones_are_loaded_once_and_not_with_each_page(client):
    page = page_of(client, "/register")
    assert page.count("Europe/") < 3
    address = re.search(r'data-zones="([^"]+)"', page)
    answer = client.get(address[1])
    assert "immutable" in answer.headers["Cache-Control"]
    assert ["Europe/Berlin", "Berlin"] in answer.json
    assert len(answer.json) > 300


def test_a_page_says_in_which_zone_it_was_guessed_until_one_is_known(client):
    assert 'data-guessed-zone="UTC"' in page_of(client)
    client.set_cookie("zone", "Europe/Berlin")
    assert "data-guessed-zone" not in page_of(client)


def test_who_has_an_account_has_a_zone_there(browser_of):
    mia = browser_of(a_person("Mia"))
    assert mia.get("/time-zones").location == "/account"
    assert "data-guessed-zone" not in page_of(mia, "/account")
