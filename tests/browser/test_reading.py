"""What a visitor's browser knows is used on the first page, without loading it again."""

import pytest

from tests.browser import every_page
from tests.browser.test_main_job import CHROMIUM
from tests.factories import a_coach, an_offering, open_all_week

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="There is no Chromium here; on Debian: apt install chromium"),
]
BESIDE = "/time-zones.json"


@pytest.fixture
def visitors_pages(app, client, built):
    an_offering(open_all_week(a_coach("ada")))
    with app.test_request_context():
        names = app.jinja_env.globals["zone_names_address"]()
    found = every_page.collect(client, ["/coaches", "/register"], built)
    answer = client.get(names)
    found.loaded[names] = every_page.Answer(200, dict(answer.headers), answer.get_data())
    return found


def test_times_of_the_first_page_are_in_the_browsers_zone_and_it_is_loaded_once(visitors_pages):
    with every_page.browser() as chromium:
        window = every_page.Window(chromium, visitors_pages, zone="America/New_York")
        window.open("/coaches")
        times = window.page.locator("main time").all_inner_texts()
        assert times
        assert all("(New York)" in time for time in times), times
        assert sum(path == "/coaches" for path in window.asked) == 1
        assert window.said == []
        assert "zone=America/New_York" in window.page.evaluate("document.cookie")


def test_names_of_zones_come_when_one_is_looked_for_and_a_city_is_enough(visitors_pages):
    with every_page.browser() as chromium:
        window = every_page.Window(chromium, visitors_pages, zone="America/New_York")
        window.open("/register")
        field = window.page.locator("input[data-zones]")
        assert field.input_value() == "America/New_York"
        assert not any(BESIDE in path for path in window.asked)
        field.focus()
        window.page.wait_for_function("document.querySelectorAll('datalist option').length > 300")
        field.fill("berlin")
        field.blur()
        assert field.input_value() == "Europe/Berlin"
        assert window.said == []
