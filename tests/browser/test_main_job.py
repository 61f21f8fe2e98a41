"""The main job in a real browser: found, held, declined, paid, confirmed; on a wide screen and a narrow one."""

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.crashes.conftest import House, eventually, house  # noqa: F401  a fixture
from tests.doors import PASSWORD
from tests.factories import a_coach, a_person, an_offering, open_all_week

pytestmark = [pytest.mark.real, pytest.mark.browser, pytest.mark.slow]

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIETLY = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
BRIEF = "I move from support to engineering this year. What should I learn first, and from whom?"


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["wide", "narrow"])
def page(request: pytest.FixtureRequest) -> Iterator[Page]:
    if CHROMIUM is None:
        pytest.skip("There is no Chromium here; on Debian: apt install chromium")
    width, height = request.param
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIETLY)
        context = browser.new_context(
            viewport={"width": width, "height": height}, timezone_id="America/New_York", locale="en-US"
        )
        yield context.new_page()
        browser.close()


def pay_with(page: Page, card: str) -> None:
    page.get_by_label("Card number").fill(card)
    page.get_by_label("Expiry").fill("12/40")
    page.get_by_label("Security code").fill("123")
    page.get_by_label("Name on the card").fill("Mia")
    page.get_by_role("button", name=re.compile("^Pay ")).click()


def fits(page: Page) -> bool:
    """Nothing sticks out at the side, once the page is whole."""
    page.wait_for_load_state("networkidle")
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_from_the_landing_page_to_a_confirmed_session(house: House, page: Page) -> None:  # noqa: F811
    an_offering(open_all_week(a_coach("ada"), "00:00", "24:00"))
    mia = a_person("Mia", timezone="America/New_York")
    _process, address = house.web()
    house.worker()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))

    page.goto(address)
    assert fits(page)
    page.get_by_role("button", name="Find a coach").click()
    page.get_by_role("link", name="Ada").first.click()
    assert fits(page)
    page.locator("a[href*='/@ada/']").first.click()
    page.get_by_text("New York").first.wait_for()
    assert fits(page)
    # Late in a day few of its times are left.
    page.locator("a[href*='/book/']").last.click()
    page.get_by_label("What is it about").fill(BRIEF)
    page.get_by_role("button", name="Hold this time").click()

    page.locator("input[name=email]").fill(mia.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    assert page.get_by_label("What is it about").input_value() == BRIEF
    page.get_by_role("button", name="Hold this time").click()
    assert fits(page)

    page.get_by_role("button", name="Pay 120.00 USD").click()
    pay_with(page, "4000000000000002")
    assert "declined" in page.content()
    pay_with(page, "4242424242424242")
    page.get_by_text("Confirmed", exact=True).first.wait_for()
    assert BRIEF in page.content()
    assert fits(page)
    assert broken == []
    eventually(lambda: house.mailbox.besides_invoices(mia.email))
    assert "Booked" in house.mailbox.besides_invoices(mia.email)[0]["Subject"]
