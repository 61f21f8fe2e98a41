"""`make screenshots`: a picture of every page of every person, with everything and with nothing, to be looked at.

Some of them alone: WHO="mentee coach" PAGES=coaches LANGUAGES="en-GB de" WIDTHS=390 THEMES=dark SHOWN="rich empty".
"""

import os
import re
from pathlib import Path

import pytest

from tests.browser import every_page
from tests.factories import a_coach, a_person, an_admin
from tests.permissions import people

pytestmark = [pytest.mark.browser, pytest.mark.timeout(0)]

FOLDER = Path(__file__).parents[2] / "instance" / "screenshots"


def chosen(name: str, usual: str) -> list[str]:
    """What the environment asks for under this name, else the usual."""
    return (os.environ.get(name) or usual).split()


WHO = chosen("WHO", "visitor mentee coach admin")
LANGUAGES = chosen("LANGUAGES", "en-GB es de")
WIDTHS = [int(width) for width in chosen("WIDTHS", "1280 390")]
THEMES = chosen("THEMES", "light dark")
SHOWN = chosen("SHOWN", "rich empty")
ONLY = re.compile(os.environ.get("PAGES", ""))


def test_take_pictures(app, prober, built, client_of, moment):
    nobody_yet = {"visitor": lambda: None, "mentee": a_person, "coach": lambda: a_coach("nia").user, "admin": an_admin}
    taken = []
    for reader in WHO:
        if "rich" in SHOWN:
            paths = every_page.addresses(app, prober, reader)
            client = client_of(reader)
            taken += [("rich", reader, lang, _collect(client, paths, built, lang)) for lang in LANGUAGES]
        if "empty" in SHOWN:
            paths = every_page.plain_addresses(app, reader)
            client = people.browser(app, nobody_yet[reader](), moment)
            taken += [("empty", reader, lang, _collect(client, paths, built, lang)) for lang in LANGUAGES]
    take(taken)


def _collect(client, paths, built, language):
    return every_page.collect(client, [path for path in paths if ONLY.search(path)], built, language)


def take(collections: list[tuple[str, str, str, every_page.Collection]]) -> None:
    """Write a picture of each page in each width and theme, once all is collected."""
    with every_page.browser() as chromium:
        for shown, reader, language, collection in collections:
            folder = FOLDER / shown / reader / language
            folder.mkdir(parents=True, exist_ok=True)
            window = every_page.Window(chromium, collection)
            for path in collection.pages:
                window.open(path)
                for width in WIDTHS:
                    window.page.set_viewport_size({"width": width, "height": 900})
                    for theme in THEMES:
                        window.page.emulate_media(color_scheme=theme)
                        window.page.screenshot(path=folder / f"{_named(path)}-{width}-{theme}.png", full_page=True)


def _named(path: str) -> str:
    short = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|/[\w.-]{40,}", "-id", path)
    return re.sub(r"[^\w]+", "-", short).strip("-")[:80] or "front"
