"""Every page of every person where words are long and lines run from right to left: nothing sticks out."""

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
# A language that nobody speaks: longer than any other, and from right to left.
PSEUDO = "ar-XB"
ONLY = re.compile(os.environ.get("PAGES", ""))


def test_nothing_sticks_out_where_words_are_long_and_lines_run_the_other_way(app, prober, built, client_of):
    collections = every_page.collect_all(app, prober, client_of, built, ONLY, PSEUDO)
    found: dict[str, list[str]] = {}
    with every_page.browser() as chromium:
        for reader, collection in collections.items():
            window = every_page.Window(chromium, collection)
            for path in collection.pages:
                window.open(path)
                if faults := [*examining.width(window.page)]:
                    found[f"{reader} {path}"] = faults
    assert not found, examining.told(found)
