"""Every page of every person in Chromium: valid, readable by everybody, light, and whole on a phone."""

import os
import re

import pytest

from tests.browser import every_page, examining
from tests.browser.test_main_job import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(3000),
    pytest.mark.skipif(CHROMIUM is None, reason="There is no Chromium here; on Debian: apt install chromium"),
]
# A language that nobody speaks: longer than any other, and from right to left.
PSEUDO = "ar-XB"
ONLY = re.compile(os.environ.get("PAGES", ""))


def paths_of(app, prober, reader):
    return [path for path in every_page.addresses(app, prober, reader) if ONLY.search(path)]


@pytest.mark.parametrize("reader", every_page.READERS)
def test_nothing_is_wrong_with_any_page(reader, app, prober, built, client_of):
    collection = every_page.collect(client_of(reader), paths_of(app, prober, reader), built)
    found: dict[str, list[str]] = {}
    with every_page.browser() as chromium:
        window = every_page.Window(chromium, collection)
        for path, answer in collection.pages.items():
            window.page.set_viewport_size({"width": 1280, "height": 900})
            window.open(path)
            faults = [f"answered {answer.status}"] if answer.status >= 500 else []
            faults += [*examining.weight(window, path), *examining.ids(window.page), *window.said]
            if path not in examining.HEAVY:
                faults += examining.markup(answer)
            # Colours do not depend on the width, nor does the order of things on colours.
            faults += examining.access(window.page, "light")
            faults += examining.width(window.page)
            faults += examining.access(window.page, "dark")
            if faults := [each for each in dict.fromkeys(faults) if not _is_told(each, path, answer)]:
                found[path] = faults
    assert not found, told(found)


@pytest.mark.parametrize("reader", every_page.READERS)
def test_nothing_sticks_out_where_words_are_long_and_lines_run_the_other_way(reader, app, prober, built, client_of):
    collection = every_page.collect(client_of(reader), paths_of(app, prober, reader), built, PSEUDO)
    found: dict[str, list[str]] = {}
    with every_page.browser() as chromium:
        window = every_page.Window(chromium, collection)
        for path in collection.pages:
            if path not in examining.HEAVY:
                window.open(path)
                if faults := [*examining.width(window.page)]:
                    found[path] = faults
    assert not found, told(found)


def told(found: dict[str, list[str]]) -> str:
    """Every fault on a line of its own."""
    return "\n".join(f"{path}\n    " + "\n    ".join(faults) for path, faults in found.items())


def _is_told(fault: str, path: str, answer: every_page.Answer) -> bool:
    """Chromium says of every page that is not a success that it is none; the style guide shows all things twice."""
    no_success = answer.status >= 400 and fault.startswith("Failed to load resource")
    return no_success or (path == "/styleguide" and "landmark-unique" in fault)
