"""`make weight`: what each page of each person weighs, and how soon and how steadily it is there.

kB and requests on a cold cache, kB once it is warm, seconds to the largest paint and the shift of the layout, in
Chromium over HTTP; each answer takes as long as the application took. The table goes to instance/weight.txt; its last
line is JSON.
Some of them alone: PAGES=coaches WIDTHS=390.
"""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.browser import every_page, serving
from tests.browser.test_main_job import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(0),
    pytest.mark.skipif(CHROMIUM is None, reason="There is no Chromium here; on Debian: apt install chromium"),
]

FILE = Path(__file__).parents[2] / "instance" / "weight.txt"
ONLY = re.compile(os.environ.get("PAGES", ""))
WIDTHS = [int(width) for width in (os.environ.get("WIDTHS") or "1280 390").split()]
# Not on a site: every component in every state.
BESIDE = ("/styleguide",)
LIMITS = {"cold_kb": 150.0, "requests": 15, "warm_kb": 40.0, "paint_seconds": 1.0, "shift": 0.0}
SETTLED_MILLISECONDS = 150
WATCH = """
window.seen = {paint: 0, shift: 0};
new PerformanceObserver((list) => { for (const each of list.getEntries()) seen.paint = each.startTime; })
  .observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver((list) => { for (const each of list.getEntries()) seen.shift += each.value; })
  .observe({type: "layout-shift", buffered: true});
"""


@dataclass(frozen=True)
class Weighed:
    """One page for one person at one width."""

    reader: str
    path: str
    width: int
    cold_kb: float
    requests: int
    warm_kb: float
    paint_seconds: float
    shift: float

    def over(self) -> list[str]:
        """What is more than it may be."""
        return [name for name, most in LIMITS.items() if getattr(self, name) > most]


def test_no_page_is_heavy_late_or_restless(app, prober, built, client_of):
    # The first time templates are compiled, which a server does once.
    every_page.collect_all(app, prober, client_of, built, ONLY)
    collections = every_page.collect_all(app, prober, client_of, built, ONLY)
    found: list[Weighed] = []
    with every_page.browser() as chromium:
        for reader, collection in collections.items():
            with serving.served(collection.pages | collection.loaded) as address:
                for width in WIDTHS:
                    found += [
                        _weighed(chromium, address, reader, path, width)
                        for path in collection.pages
                        if path not in BESIDE
                    ]
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text("\n".join(_told(found)) + "\n")
    assert not [each for each in found if each.over()]


def _weighed(chromium: Any, address: str, reader: str, path: str, width: int) -> Weighed:
    inside = chromium.new_context(viewport={"width": width, "height": 900}, locale="en-GB", timezone_id="UTC")
    inside.add_init_script(WATCH)
    page = inside.new_page()
    wire = inside.new_cdp_session(page)
    wire.send("Network.enable")
    sent: list[float] = []
    wire.on("Network.loadingFinished", lambda event: sent.append(event["encodedDataLength"]))
    page.goto(f"{address}{path}", wait_until="networkidle")
    page.wait_for_timeout(SETTLED_MILLISECONDS)
    seen = page.evaluate("seen")
    cold, requests = sum(sent), len([each for each in sent if each])
    sent.clear()
    page.goto("about:blank")
    page.goto(f"{address}{path}", wait_until="networkidle")
    warm = sum(sent)
    inside.close()
    return Weighed(
        reader,
        path,
        width,
        cold_kb=round(cold / 1000, 1),
        requests=requests,
        warm_kb=round(warm / 1000, 1),
        paint_seconds=round(seen["paint"] / 1000, 3),
        shift=round(seen["shift"], 3),
    )


def _told(found: list[Weighed]) -> Iterator[str]:
    """The table, the heaviest first, and its sum as a line of JSON."""
    yield "cold kB  requests  warm kB  paint s  shift  width  page"
    for each in sorted(found, key=lambda each: (-len(each.over()), -each.cold_kb)):
        numbers = (
            f"{each.cold_kb:7.1f} {each.requests:9} {each.warm_kb:8.1f} {each.paint_seconds:8.3f} {each.shift:6.3f}"
        )
        faults = "".join(f" <- {name}" for name in each.over())
        yield f"{numbers} {each.width:6}  {each.reader} {each.path}{faults}"
    most = {name: max((asdict(each)[name] for each in found), default=0) for name in LIMITS}
    yield json.dumps({"pages": len(found), "over": sum(bool(each.over()) for each in found), "most": most})
