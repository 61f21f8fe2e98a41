"""What a real browser makes of pages that have little room. Nothing is served: it is given what the app answers."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, Route, sync_playwright

from marketplace.bookings.series import rules as series_rules
from marketplace.bookings.series import service as booking_series
from tests.browser.test_main_job import CHROMIUM, QUIETLY, fits
from tests.factories import BRIEF, a_coach, a_person, an_offering, open_all_week

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LINE_PIXELS = 30
PARTS = re.compile(r'(?:href|src)="(/[^"]+[.](?:css|js|svg)[^"]*)"')


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["wide", "narrow"])
def seen_by(request: pytest.FixtureRequest, browser_of: Callable) -> Iterator[Callable[..., Page]]:
    """A page as somebody sees it; the app is asked before there is a browser, whose event loop it would not share."""
    if CHROMIUM is None:
        pytest.skip("There is no Chromium here; on Debian: apt install chromium")
    width, height = request.param
    with ExitStack() as stack:

        def of(person, path):
            client = browser_of(person)
            answers = {path: client.get(path)}
            answers |= {part: client.get(part) for part in PARTS.findall(answers[path].get_data(as_text=True))}
            playwright = stack.enter_context(sync_playwright())
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIETLY)
            stack.callback(browser.close)
            page = browser.new_page(viewport={"width": width, "height": height})

            def answer(route: Route) -> None:
                found = answers[route.request.url.removeprefix("http://localhost")]
                route.fulfill(status=found.status_code, headers=dict(found.headers), body=found.get_data())

            page.route("**/*", answer)
            page.goto(f"http://localhost{path}")
            return page

        yield of


def test_the_times_of_a_series_stand_on_one_line_each(seen_by):
    mia, ada = a_person("Mia"), open_all_week(a_coach("ada"))
    held = booking_series.hold_series(
        mia,
        offering_id=an_offering(ada).id,
        starts_at=datetime(2027, 3, 4, 10, tzinfo=UTC),
        every_weeks=1,
        count=3,
        brief=BRIEF,
        mode=series_rules.ALL,
    )
    page = seen_by(mia, f"/series/{held[0].series_id}")
    assert fits(page)
    times = page.locator(".sessions time").all()
    assert len(times) == 3
    assert max(time.bounding_box()["height"] for time in times) < LINE_PIXELS
