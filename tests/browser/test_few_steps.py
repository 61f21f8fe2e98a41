"""From a coach's page to a paid session in four clicks; and by the keyboard alone in fewer than forty presses."""

import re

import pytest
from playwright.sync_api import Page

from tests.browser.test_main_job import BRIEF, page  # noqa: F401  a fixture
from tests.crashes.conftest import House, house  # noqa: F401  a fixture
from tests.doors import PASSWORD
from tests.factories import a_coach, a_person, an_offering, open_all_week

pytestmark = [pytest.mark.real, pytest.mark.browser, pytest.mark.slow]
MOST_CLICKS, MOST_PRESSES = 4, 39
CARD = {"Card number": "4242424242424242", "Expiry": "12/40", "Security code": "123", "Name on the card": "Mia"}


@pytest.fixture
def at_the_coach(house: House, page: Page) -> Page:  # noqa: F811
    """Mia, signed in, on Ada's page."""
    an_offering(open_all_week(a_coach("ada"), "00:00", "24:00"))
    mia = a_person("Mia", timezone="America/New_York")
    _process, address = house.web()
    house.worker()
    page.goto(f"{address}/login")
    page.locator("input[name=email]").fill(mia.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"{address}/@ada")
    return page


class Keyboard:
    """A person without a mouse: every press but the letters that they type is counted."""

    def __init__(self, shown: Page) -> None:
        self.page, self.presses = shown, 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.presses += 1

    def go_to(self, css: str) -> None:
        """From stop to stop; what has the focus already is not left."""
        for _stop in range(MOST_PRESSES):
            if self.page.evaluate("css => document.activeElement.matches(css)", css):
                return
            self.press("Tab")
        raise AssertionError(f"{css} is not reached by the keyboard")

    def skip(self) -> None:
        """Past the navigation."""
        self.press("Tab")
        self.press("Enter")

    def activate(self) -> None:
        """Follow the link or press the button that has the focus, and wait for the page it leads to."""
        with self.page.expect_navigation():
            self.press("Enter")


def test_four_clicks(at_the_coach: Page) -> None:
    shown, clicks = at_the_coach, 0
    for step in (
        shown.locator("a[href*='/book/']").first,
        shown.get_by_role("button", name="Hold this time"),
        shown.get_by_role("button", name=re.compile("^Pay ")),
        shown.get_by_role("button", name=re.compile("^Pay ")),
    ):
        if "/book/" in shown.url:
            shown.get_by_label("What is it about").fill(BRIEF)
        elif clicks == 3:
            for label, typed in CARD.items():
                shown.get_by_label(label).fill(typed)
        step.click()
        clicks += 1
    shown.get_by_text("Confirmed", exact=True).first.wait_for()
    assert clicks <= MOST_CLICKS


def test_by_the_keyboard(at_the_coach: Page) -> None:
    keyboard = Keyboard(at_the_coach)
    keyboard.skip()
    keyboard.go_to("a[href*='/book/']")
    keyboard.activate()
    keyboard.skip()
    keyboard.go_to("textarea")
    keyboard.page.keyboard.type(BRIEF)
    keyboard.go_to("main button.btn-primary")
    keyboard.activate()
    keyboard.skip()
    keyboard.go_to("main button.btn-primary")
    keyboard.activate()
    for label, typed in CARD.items():
        keyboard.go_to("#" + keyboard.page.get_by_label(label).get_attribute("id"))
        keyboard.page.keyboard.type(typed)
    keyboard.press("Tab")
    keyboard.go_to("button")
    keyboard.press("Enter")
    keyboard.page.get_by_text("Confirmed", exact=True).first.wait_for()
    assert keyboard.presses <= MOST_PRESSES
