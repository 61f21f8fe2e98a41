"""What is wrong with a page: its HTML, what it is to readers of screens, its width, its weight."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import html5lib
from html5lib.constants import E as SENTENCES
from playwright.sync_api import Page

from tests.browser.every_page import Answer, Window

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROW = (390, 320)
MOST_BYTES, MOST_REQUESTS = 150_000, 15
AXE = """(rules) => axe.run(document, {runOnly: {type: "tag", values: rules}, resultTypes: ["violations"]}).then(
  (found) => found.violations.map((each) => {
    return each.id + ": " + each.nodes.map((node) => node.target.join(" ")).slice(0, 3).join(", ");
  }))"""
STICKS_OUT = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return "";
  const wide = [...document.querySelectorAll("body *")].filter((each) => each.getBoundingClientRect().right > width + 1
    || each.getBoundingClientRect().left < -1);
  return wide.slice(0, 3).map((each) => each.tagName + "." + each.className).join(", ") || "something";
}"""
TWICE = """() => {
  const ids = [...document.querySelectorAll("[id]")].map((each) => each.id);
  return ids.filter((id, number) => ids.indexOf(id) !== number);
}"""
OPENED = "() => document.querySelectorAll('details').forEach((each) => { each.open = true; })"


@cache
def _axe() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text()


def markup(answer: Answer) -> Iterator[str]:
    """Errors of the HTML5 parser."""
    parser = html5lib.HTMLParser()
    text = answer.body.decode()
    lines = text.splitlines()
    parser.parse(text)
    for (line, column), code, values in parser.errors:
        near = lines[line - 1][max(0, column - 60) : column + 20]
        yield f"HTML, line {line}: {SENTENCES[code] % values}: {near}"


def ids(page: Page) -> Iterator[str]:
    """Ids that stand there twice."""
    yield from (f"two of #{each}" for each in page.evaluate(TWICE))


def access(page: Page, theme: str) -> Iterator[str]:
    """What axe finds, with everything unfolded, in light or dark colours."""
    page.emulate_media(color_scheme=theme)
    page.evaluate(OPENED)
    page.evaluate(_axe())
    yield from (f"{theme}: {each}" for each in page.evaluate(AXE, RULES))


def width(page: Page) -> Iterator[str]:
    """What sticks out at the side on a phone, folded and unfolded."""
    for pixels in NARROW:
        page.set_viewport_size({"width": pixels, "height": 844})
        for state in ("folded", "unfolded"):
            if state == "unfolded":
                page.evaluate(OPENED)
            if found := page.evaluate(STICKS_OUT):
                yield f"{pixels} pixels, {state}: {found}"


def weight(window: Window) -> Iterator[str]:
    """How much a first visit loads."""
    total = sum(window.sent.values())
    if total > MOST_BYTES or len(window.sent) > MOST_REQUESTS:
        yield f"{total} bytes in {len(window.sent)} requests"


def told(found: dict[str, list[str]]) -> str:
    """Every fault on a line of its own."""
    return "\n".join(f"{path}\n    " + "\n    ".join(faults) for path, faults in found.items())
