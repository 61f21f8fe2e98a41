"""A stranger asks a coach in a real browser: price and points follow what is typed, wide and narrow."""

import re

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from marketplace.db import session
from marketplace.notifications.models import Message
from tests.browser.test_main_job import fits, page  # noqa: F401  a fixture
from tests.crashes.conftest import House, house  # noqa: F401  a fixture
from tests.factories import a_coach, an_offering

pytestmark = [pytest.mark.real, pytest.mark.browser, pytest.mark.slow]


def test_price_and_points_follow_what_is_typed_and_a_code_sends_it(house: House, page: Page) -> None:  # noqa: F811
    an_offering(a_coach("ada", kinds=["mentor"]))
    _process, address = house.web()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))

    page.goto(f"{address}/@ada")
    page.get_by_role("link", name="Ask Ada before you book").click()
    assert fits(page)
    page.get_by_text("30 minutes of Ada's time: 60.00 USD").wait_for()
    page.get_by_label("How many minutes?").fill("45")
    page.get_by_text("45 minutes of Ada's time: 90.00 USD").wait_for()
    page.get_by_label("What is it about?").fill(
        "Two of my team want the same promotion, and I have to say by May. How do I decide, and how do I say it?"
    )
    page.get_by_label("What is it not about?").fill("Not about salaries.")
    page.get_by_label("What have you tried?").fill(
        "I compared both years: https://example.org/comparison, without result."
    )
    page.get_by_label("What do you want to have, or to decide, afterwards?").fill("A decision in 2 sentences.")
    page.get_by_label("Why this coach?").fill("You write about leadership in small teams.")
    page.get_by_text("10 of 12 points").wait_for()
    page.get_by_label("Your name").fill("Nia")
    page.get_by_label("Your mail address").fill("nia@example.com")
    assert fits(page)
    page.get_by_role("button", name="Send to Ada").click()
    page.get_by_role("heading", name="Confirm your address").wait_for()
    assert fits(page)
    written = session().scalars(select(Message.text).where(Message.recipient == "nia@example.com")).one()
    code = re.search(r"^\s*(\d{6})\s*$", written, re.MULTILINE)
    assert code is not None
    page.get_by_label("Code").fill(code.group(1))
    page.get_by_role("button", name="Send to Ada").click()
    page.get_by_text("Sent to Ada. The answer comes by mail.").wait_for()
    assert broken == []
