"""The API's page in a real browser: every call is listed and can be made, and our content policy refuses nothing."""

import pytest
from playwright.sync_api import Page

from marketplace.accounts.tokens import service as token_service
from tests.browser.test_main_job import fits, page  # noqa: F401  a fixture
from tests.crashes.conftest import House, house  # noqa: F401  a fixture
from tests.factories import a_person

pytestmark = [pytest.mark.real, pytest.mark.browser, pytest.mark.slow]

IN_SIGHT = """[...document.querySelectorAll(".opblock-summary")].map((call) => [
  call.querySelector(".opblock-summary-method").textContent,
  call.querySelector(".opblock-summary-path").dataset.path,
])"""
# Two frames later what has come into sight is there.
A_SCREEN_ON = """new Promise((done) => {
  window.scrollBy(0, window.innerHeight / 2);
  requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done)));
})"""


def listed(page: Page) -> set[tuple[str, str]]:  # noqa: F811
    """Every call on the page, as method and path: it holds those in sight alone, so it is read to its end."""
    found: set[tuple[str, str]] = set()
    page.evaluate("window.scrollTo(0, 0)")
    while True:
        found |= {(method.lower(), path) for method, path in page.evaluate(IN_SIGHT)}
        if page.evaluate("window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 1"):
            return found
        page.evaluate(A_SCREEN_ON)


def test_every_call_is_listed_and_one_is_made_with_a_token(house: House, page: Page) -> None:  # noqa: F811
    _token, text = token_service.create_token(a_person("Mia"), name="hers", scopes=["read"])
    _process, address = house.web()
    said: list[str] = []
    asked: set[str] = set()
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.add(request.url))

    page.goto(f"{address}/api/v1/docs")
    page.locator(".opblock").first.wait_for()
    assert fits(page)
    page.get_by_role("button", name="Authorize", exact=True).click()
    page.locator(".auth-container input").fill(text)
    page.get_by_role("button", name="Apply credentials").click()
    page.get_by_role("button", name="Close").last.click()
    mine = page.locator(".opblock-get").filter(has=page.locator("[data-path='/api/v1/me']"))
    mine.locator(".opblock-summary-control").click()
    mine.get_by_role("button", name="Try it out").click()
    mine.get_by_role("button", name="Execute").click()
    mine.locator(".live-responses-table", has_text="Mia").wait_for()
    assert fits(page)
    mine.locator(".opblock-summary-control").click()

    document = page.request.get(f"{address}/api/v1/openapi.json").json()
    every = {(method, path) for path, methods in document["paths"].items() for method in set(methods) - {"parameters"}}
    assert len(every) > 100
    assert listed(page) == every
    assert {url for url in asked if not url.startswith((f"{address}/", "data:"))} == set()
    assert said == []
