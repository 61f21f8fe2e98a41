"""The journeys of four people in a browser that runs no script, wide and narrow, light and dark."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.browser.test_main_job import BRIEF, CHROMIUM, QUIETLY, pay_with
from tests.crashes.conftest import House, house  # noqa: F401  a fixture
from tests.doors import PASSWORD
from tests.factories import a_coach, a_person, an_admin, an_offering, open_all_week

pytestmark = [
    pytest.mark.real,
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.whole_site,
    pytest.mark.skipif(CHROMIUM is None, reason="There is no Chromium here; on Debian: apt install chromium"),
]
SCREENS = [({"width": 1280, "height": 900}, "light"), ({"width": 390, "height": 844}, "dark")]


@pytest.fixture(params=SCREENS, ids=["wide-light", "narrow-dark"])
def page_of_somebody(request: pytest.FixtureRequest) -> Iterator[Callable[[], Page]]:
    """Opens a window of its own for each person."""
    viewport, theme = request.param
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIETLY)

        def opened() -> Page:
            inside = browser.new_context(
                viewport=viewport, color_scheme=theme, java_script_enabled=False, locale="en-GB", timezone_id="UTC"
            )
            return inside.new_page()

        yield opened
        browser.close()


def sign_in(page: Page, address: str, email: str, path: str = "/") -> None:
    page.goto(f"{address}/login?next={path}")
    fill_in_who(page, email)


def fill_in_who(page: Page, email: str) -> None:
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def press(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("button", name=name).first.click()


def follow(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("link", name=name).first.click()


def test_a_passer_by_becomes_a_mentee_who_pays_moves_and_cancels(house: House, page_of_somebody) -> None:  # noqa: F811
    an_offering(open_all_week(a_coach("ada"), "00:00", "24:00"))
    mia = a_person("Mia")
    _process, address = house.web()
    house.worker()
    page = page_of_somebody()

    page.goto(f"{address}/time-zones?next=/coaches&search=Berlin")
    press(page, "Berlin")
    page.locator("input[type=search]").first.fill("leadership")
    page.locator("main form button[type=submit]").first.click()
    follow(page, "Ada")
    page.locator("a[href*='/@ada/']").first.click()
    # Late in a day few of its times are left.
    page.locator("a[href*='/book/']").last.click()
    page.get_by_label("What is it about").fill(BRIEF)
    press(page, "Hold this time")
    fill_in_who(page, mia.email)
    assert page.get_by_label("What is it about").input_value() == BRIEF
    press(page, "Hold this time")
    press(page, "Pay 120.00 USD")
    pay_with(page, "4242424242424242")
    for _look in range(20):
        if page.get_by_text("Confirmed", exact=True).count():
            break
        page.reload()
    assert page.get_by_text("Confirmed", exact=True).count()
    session = page.url.partition("?")[0]

    page.goto(f"{session}/reschedule")
    page.locator("a[href*='starts_at=']").nth(2).click()
    press(page, "Move it to this time")
    page.goto(f"{session}/cancel")
    press(page, re.compile("^Cancel"))
    page.goto(session)
    assert page.get_by_text("Cancelled", exact=False).count()


def test_a_coach_sets_hours_publishes_an_offering_and_goes_away(house: House, page_of_somebody) -> None:  # noqa: F811
    ada = a_coach("ada")
    _process, address = house.web()
    page = page_of_somebody()
    sign_in(page, address, ada.user.email, "/dashboard")

    for path in ("/dashboard", "/dashboard/hours", "/dashboard/mentees", "/dashboard/earnings", "/dashboard/share"):
        page.goto(f"{address}{path}")
        assert page.locator("h1").count() == 1, path
    page.goto(f"{address}/dashboard/offerings/new")
    follow(page, "Begin empty")
    page.locator("input[name=title]").fill("An hour on your career")
    page.locator("[name=kind]").first.select_option("mentor")
    page.locator("input[name=minutes]").fill("60")
    page.locator("input[name=price]").fill("1.00")
    press(page, "Publish this offering")
    assert page.locator(".alert-danger").count()
    assert page.locator("input[name=title]").input_value() == "An hour on your career"
    page.locator("input[name=price]").fill("90.00")
    press(page, "Publish this offering")
    page.goto(f"{address}/@ada")
    assert page.get_by_text("An hour on your career").count()

    page.goto(f"{address}/dashboard/away-message")
    page.locator("textarea[name=message]").fill("On the sea until Monday.")
    press(page, "Save")
    page.goto(f"{address}/@ada")
    assert page.get_by_text("On the sea until Monday.").count()


def test_an_admin_lets_a_coach_in_and_looks_for_people(house: House, page_of_somebody) -> None:  # noqa: F811
    alma = an_admin()
    a_coach("bea", status="applied")
    _process, address = house.web()
    page = page_of_somebody()
    sign_in(page, address, alma.email, "/admin")

    page.goto(f"{address}/admin")
    follow(page, "Decide")
    press(page, "Approve Bea")
    assert page.get_by_text("Bea is approved and has been told.").count()
    page.goto(f"{address}/admin/coaches?status=approved&sort=-name")
    assert page.get_by_role("link", name="Bea").count()
    page.locator("input[name=search]").fill("nobody")
    press(page, "Show")
    assert page.get_by_text("Nobody is called that.").count()
    page.goto(f"{address}/admin/people?search=bea")
    assert page.get_by_text("bea", exact=False).count()
    for path in ("/admin/attendance", "/admin/disputes", "/admin/refunds", "/admin/payouts", "/admin/events"):
        page.goto(f"{address}{path}")
        assert page.locator("h1").count() == 1, path
