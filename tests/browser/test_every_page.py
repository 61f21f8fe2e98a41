"""Every page of every person in Chromium: valid, readable by everybody, light, and whole on a phone."""

import os
import re

import pytest

from tests.browser import every_page, examining
from tests.browser.test_main_job import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.whole_site,
    pytest.mark.timeout(3000),
    pytest.mark.skipif(CHROMIUM is None, reason="There is no Chromium here; on Debian: apt install chromium"),
]
ONLY = re.compile(os.environ.get("PAGES", ""))


def test_nothing_is_wrong_with_any_page(app, prober, built, client_of):
    collections = every_page.collect_all(app, prober, client_of, built, ONLY)
    found: dict[str, list[str]] = {}
    with every_page.browser() as chromium:
        for reader, collection in collections.items():
            window = every_page.Window(chromium, collection)
            for path, answer in collection.pages.items():
                if faults := [each for each in faults_of(window, path, answer) if not _is_told(each, path, answer)]:
                    found[f"{reader} {path}"] = faults
    assert not found, examining.told(found)


def faults_of(window: every_page.Window, path: str, answer: every_page.Answer) -> list[str]:
    """What is wrong with a page, each once."""
    window.page.set_viewport_size({"width": 1280, "height": 900})
    window.open(path)
    faults = [f"answered {answer.status}"] if answer.status >= 500 else []
    faults += [*examining.weight(window), *examining.ids(window.page), *window.said]
    faults += examining.markup(answer)
    # Colours do not depend on the width, nor does the order of things on colours.
    faults += examining.access(window.page, "light")
    faults += examining.width(window.page)
    faults += examining.access(window.page, "dark")
    return list(dict.fromkeys(faults))


def _is_told(fault: str, path: str, answer: every_page.Answer) -> bool:
    """Chromium says of every page that is not a success that it is none; the style guide shows all things twice."""
    no_success = answer.status >= 400 and fault.startswith("Failed to load resource")
    return no_success or (path == "/styleguide" and "landmark-unique" in fault)
