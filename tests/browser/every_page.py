"""Every page of every person, answered beforehand: the one list by which pages are pictured and examined.

The list is the table of permissions: every address that is no call of the API and that a person may see. Nothing is
served: a browser is given what the application answered, so that time stands still and nothing is left behind.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

import brotli
from flask import Flask
from playwright.sync_api import Page, Route, sync_playwright

from marketplace.pages.assets import build, serving
from tests.browser.test_main_job import CHROMIUM, QUIETLY
from tests.doors import PageClient
from tests.permissions import table
from tests.permissions.probing import Prober, routes

HOST = "http://localhost"
# Who looks, by the column of the table; nobody of the table is half-way through signing in.
READERS = {"visitor": "nobody", "mentee": "mentee", "coach": "coach", "admin": "admin"}
HALF_WAY = {"code-due": ("/tf-validate", "/mf-recovery"), "passkey-due": ("/passkeys/second",)}
# The table's scene has none of them, the browsers' has.
OPERATOR_TEXTS = ("contact", "imprint", "privacy", "terms")
# What no route says: what there is not, a search that finds nothing, a form that is wrong, the API's own pages.
API_DOCS = (
    "/api/v1/docs",
    "/api/v1/docs?text=nothing+says+this",
    "/api/v1/docs/hold_booking",
    "/api/v1/docs/list_bookings",
)
BESIDE = {
    "visitor": (
        *("/nothing-here", "/coaches?text=nobody+has+this", "/coaches?max_price=cheap", *API_DOCS),
        *(f"/{name}" for name in OPERATOR_TEXTS),
    ),
    "mentee": ("/sessions?past=yes", "/verify"),
    "coach": ("/sessions?as=coach&past=yes",),
    "admin": ("/admin/people?sort=nonsense",),
}
LOADED = re.compile(r'(?:\ssrc|<link[^>]*\shref)="(/[^"]+)"')
SOURCES = re.compile(r'srcset="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    """What the application answered: status, headers, body as it is sent, and how long it took."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float = 0

    @property
    def is_page(self) -> bool:
        return self.headers.get("Content-Type", "").startswith("text/html")


@dataclass
class Collection:
    """The pages of one person in one language, by address, and what they load."""

    pages: dict[str, Answer] = field(default_factory=dict)
    loaded: dict[str, Answer] = field(default_factory=dict)


def addresses(app: Flask, prober: Prober, reader: str) -> list[str]:
    """The addresses that this person may see, in the order of the table, and those beside them."""
    if reader in HALF_WAY:
        return [*HALF_WAY[reader]]
    column = table.PEOPLE.index(READERS[reader])
    rows = table.read(table.PAGES)
    shown = [
        prober.address(rule)
        for method, rule in routes(app, api=False)
        if method == "GET" and rows[method, rule.rule][column] == "yes"
    ]
    return [*shown, *BESIDE[reader]]


def plain_addresses(app: Flask, reader: str) -> list[str]:
    """The addresses that name no thing: the pages of somebody who has none yet."""
    column = table.PEOPLE.index(READERS[reader])
    rows = table.read(table.PAGES)
    return [
        rule.rule
        for method, rule in routes(app, api=False)
        if method == "GET" and not rule.arguments and rows[method, rule.rule][column] == "yes"
    ]


def collect(client: PageClient, paths: list[str], built: dict[str, Path], language: str = "en-GB") -> Collection:
    """Ask for each page in a language, and for whatever it loads; files and other answers are left out."""
    found = Collection()
    for path in paths:
        answer = _asked(client, path, language)
        if answer.is_page:
            found.pages[path] = answer
            for part in _parts(answer.body.decode()):
                if part not in found.loaded:
                    found.loaded[part] = _built(part, built) or _asked(client, part, language)
    return found


def collect_all(
    app: Flask,
    prober: Prober,
    client_of: Callable[[str], PageClient],
    built: dict[str, Path],
    only: re.Pattern[str],
    language: str = "en-GB",
) -> dict[str, Collection]:
    """What every reader is shown at the addresses that `only` finds, by reader."""
    return {
        reader: collect(
            client_of(reader), [path for path in addresses(app, prober, reader) if only.search(path)], built, language
        )
        for reader in (*READERS, *HALF_WAY)
    }


def _asked(client: PageClient, path: str, language: str) -> Answer:
    began = time.perf_counter()
    answer = client.get(path, headers={"Accept-Language": language})
    return Answer(answer.status_code, dict(answer.headers), answer.get_data(), time.perf_counter() - began)


def _parts(page: str) -> Iterator[str]:
    yield from (unescape(part) for part in LOADED.findall(page))
    for sources in SOURCES.findall(page):
        yield from (source.split()[0] for source in unescape(sources).split(","))


def _built(part: str, built: dict[str, Path]) -> Answer | None:
    """A built asset as a browser is sent it, packed."""
    file = built.get(part)
    if file is None:
        return None
    kind = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}[file.suffix]
    packed = file.with_name(f"{file.name}.br")
    if packed.exists():
        return Answer(200, {"Content-Type": kind, "Content-Encoding": "br"}, packed.read_bytes())
    return Answer(200, {"Content-Type": kind}, file.read_bytes())


def build_assets(app: Flask, folder: Path) -> dict[str, Path]:
    """Build what pages load, have this application name it, and tell where each address lies."""
    manifest = build.build_assets(folder)
    app.jinja_env.globals["asset"] = serving._addresses(manifest)
    return {f"{serving.PREFIX}{file}": folder / file for file in manifest.values()}


@contextmanager
def browser() -> Iterator[Any]:
    """A Chromium without a network, once all is collected: its event loop is nobody else's."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIETLY)
        yield started
        started.close()


class Window:
    """One window of a browser, which is given what was collected, and notes what it is given and says."""

    def __init__(self, started: Any, collection: Collection, width: int = 1280, zone: str = "UTC") -> None:
        # What moves from one colour to another is in neither.
        inside = started.new_context(
            viewport={"width": width, "height": 900}, timezone_id=zone, reduced_motion="reduce", locale="en-GB"
        )
        self.page: Page = inside.new_page()
        self._answers = collection.pages | collection.loaded
        self.sent: dict[str, int] = {}
        self.asked: list[str] = []
        self.said: list[str] = []
        self.page.route("**/*", self._answer)
        self.page.on("console", lambda m: self.said.append(m.text) if m.type in {"error", "warning"} else None)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def open(self, path: str) -> None:
        """Load a page, until nothing more is loaded."""
        self.sent.clear()
        self.asked.clear()
        self.said.clear()
        self.page.goto(f"{HOST}{path}", wait_until="networkidle")

    def _answer(self, route: Route) -> None:
        path = urldefrag(route.request.url.removeprefix(HOST)).url
        self.asked.append(path)
        found = self._answers.get(path)
        if found is None:
            self.said.append(f"{path} was not to be expected")
            route.abort()
            return
        self.sent[path] = len(found.body)
        headers = {name: value for name, value in found.headers.items() if name.lower() != "content-length"}
        if headers.pop("Content-Encoding", None) == "br":
            route.fulfill(status=found.status, headers=headers, body=brotli.decompress(found.body))
        else:
            route.fulfill(status=found.status, headers=headers, body=found.body)
