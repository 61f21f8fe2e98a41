"""A rate card as SVG or PNG, light or dark. Letters are drawn."""

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import typst

from marketplace.documents.rendering import fonts, named_fonts

LAYOUT = (Path(__file__).parent / "rate_card.typ").read_bytes()
LIGHT, DARK = "light", "dark"
SVG, PNG = "svg", "png"
# Twice the size at which it is shown, for screens with small dots.
DOTS_PER_INCH = 144
COLOURS = {
    LIGHT: {"paper": "#ffffff", "ink": "#1d1c22", "muted": "#5f5c66", "line": "#e4e1da", "accent": "#0b6b50"},
    DARK: {"paper": "#1f1f25", "ink": "#eceae4", "muted": "#a5a2ad", "line": "#33333c", "accent": "#5fc9a5"},
}
# Longer texts are shortened, more rows are counted: a picture has an end.
LONGEST_NAME, LONGEST_HEADLINE, LONGEST_TITLE, MOST_ROWS = 80, 140, 90, 8


@dataclass(frozen=True)
class RateCardRow:
    """Something that can be booked: its title, its length and its price, in words."""

    title: str
    length: str
    price: str


@dataclass(frozen=True, kw_only=True)
class RateCard:
    """Everything that the picture says. `more` is a sentence about rows that are not shown, or empty."""

    name: str
    headline: str
    rows: tuple[RateCardRow, ...]
    more: str
    address: str
    site: str
    language: str


@lru_cache(maxsize=128)
def picture(card: RateCard, theme: str, kind: Literal["svg", "png"]) -> bytes:
    """The card as a picture in one of `COLOURS`; the same card is drawn once as long as it is remembered."""
    made = typst.compile(
        LAYOUT,
        font_paths=fonts(named_fonts()),
        sys_inputs={"card": json.dumps(_said(card) | {"colours": COLOURS[theme]})},
        format=kind,
        ppi=DOTS_PER_INCH,
    )
    assert isinstance(made, bytes)
    return made


def reads_right_to_left(words: str) -> bool:
    """Does a paragraph of it begin at the right: is its first letter with a direction of Hebrew or Arabic kind?"""
    directions = (unicodedata.bidirectional(letter) for letter in words)
    return next((found != "L" for found in directions if found in {"L", "R", "AL"}), False)


def _said(card: RateCard) -> dict[str, Any]:
    return {
        "name": _part(card.name, LONGEST_NAME),
        "headline": _part(card.headline, LONGEST_HEADLINE),
        "rows": _rows(card.rows),
        "more": card.more,
        "address": card.address,
        "site": card.site,
        "language": card.language,
    }


def _rows(rows: Sequence[RateCardRow]) -> list[dict[str, Any]]:
    return [{"title": _part(row.title, LONGEST_TITLE), "length": row.length, "price": row.price} for row in rows]


def _part(words: str, longest: int) -> dict[str, Any]:
    return {"text": _shortened(words, longest), "right_to_left": reads_right_to_left(words)}


def _shortened(words: str, longest: int) -> str:
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"
