"""A coach sets her week in a real browser, on a wide screen and a narrow one."""

import pytest
from playwright.sync_api import Page

from tests.browser.test_main_job import fits, page  # noqa: F401  a fixture
from tests.crashes.conftest import House, house  # noqa: F401  a fixture
from tests.doors import PASSWORD
from tests.factories import a_coach

pytestmark = [pytest.mark.real, pytest.mark.browser, pytest.mark.slow]


def test_a_range_over_midnight_is_typed_refused_mended_and_kept(house: House, page: Page) -> None:  # noqa: F811
    ada = a_coach("ada")
    _process, address = house.web()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))

    page.goto(f"{address}/dashboard/hours")
    page.locator("input[name=email]").fill(ada.user.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    assert fits(page)

    page.get_by_label("Friday from").fill("22:00")
    page.get_by_role("button", name="Save the week").click()
    page.get_by_role("link", name="Friday: Write a time like 09:00.").wait_for()
    assert page.get_by_label("Friday from").input_value() == "22:00"
    assert fits(page)

    page.get_by_label("Friday to").fill("02:00")
    page.get_by_role("button", name="Save the week").click()
    page.get_by_text("Saved. What is booked already stays booked.").wait_for()
    assert page.get_by_label("Friday to").first.input_value() == "02:00"
    assert page.get_by_text("next day", exact=True).count() == 1
    # The row to add a second range on the same day.
    page.get_by_label("Friday from").nth(1).fill("09:00")
    page.get_by_label("Friday to").nth(1).fill("12:00")
    page.get_by_role("button", name="Save the week").click()
    page.get_by_label("Friday from").nth(2).wait_for()
    assert page.get_by_label("Friday from").first.input_value() == "09:00"
    assert fits(page)
    assert broken == []
