"""The two tables as they are written, `api.txt` and `pages.txt`, and their columns."""

from pathlib import Path

from marketplace.accounts.tokens.rules import SCOPES

PEOPLE = ("nobody", "other_mentee", "mentee", "other_coach", "coach", "admin")
API = Path(__file__).parent / "api.txt"
PAGES = Path(__file__).parent / "pages.txt"
WIDEST_ROUTE = 88
# Addresses whose use is for who stands in no column: Stripe, a browser that waits for a passkey's answer,
# whoever sees a picture, and readers of texts that an operator has not given here.
FOR_NOBODY_HERE = {
    ("GET", "/contact"),
    ("GET", "/imprint"),
    ("GET", "/privacy"),
    ("GET", "/terms"),
    ("GET", "/verify"),
    ("POST", "/account/passkeys"),
    ("POST", "/passkeys/second/options"),
    ("POST", "/webhooks/stripe/<kind>"),
    ("GET", "/pictures/<uuid:picture_id>/<size>.webp"),
}
# A cell of a scope is one letter.
LETTERS = {"yes": "y", "same": "y", "401": "?", "403": ".", "404": "-", "409": "9", "422": "2", "415": "5"}

Route = tuple[str, str]
Row = tuple[str, ...]


def read(file: Path) -> dict[Route, Row]:
    """Each row's cells by method and route."""
    rows = [line.split() for line in file.read_text().splitlines() if line and not line.startswith("#")]
    found = {(method, route): tuple(cells) for method, route, *cells in rows}
    assert len(found) == len(rows), f"{file.name} has two rows of one route"
    return found


def line(route: Route, cells: Row) -> str:
    """A row as it is written."""
    widths = (*([8] * len(PEOPLE)), *([10] * (len(cells) - len(PEOPLE))))
    written = " ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"{route[0]:6} {route[1]:{WIDEST_ROUTE}} {written}".rstrip()


def letters(scope: str) -> str:
    """The cells of the scopes where this one, and no other, opens an address."""
    return "".join("y" if each == scope else "." for each in SCOPES)
