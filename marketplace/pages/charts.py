"""Charts: drawn on the server as SVG, beside the same numbers as a table.

Their colours are the style sheet's.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pygal
from babel.numbers import format_compact_decimal
from markupsafe import Markup, escape

from marketplace import money
from marketplace.languages import current, formats
from marketplace.languages import gettext as _

BARS, STACKED, LINES = "bars", "stacked", "lines"
DRAWN_BY = {BARS: pygal.Bar, STACKED: pygal.StackedBar, LINES: pygal.Line}
WIDTH, HEIGHT = 640, 260
# What pygal makes beside these is for its own script and style sheet, which our content policy refuses.
KEPT = ("svg", "g", "rect", "path", "circle", "text")
ATTRIBUTES = ("transform", "x", "y", "width", "height", "d", "cx", "cy", "r")
CLASSES = {"axis": "axis", "x": "axis-x", "y": "axis-y", "guide": "guide", "line": "line", "series": "series"}
DROPPED = {"background", "overlay", "titles"}


@dataclass(frozen=True)
class Series:
    """Numbers of one kind, one for each label of the chart; None where there is none."""

    name: str
    values: Sequence[int | None]


@dataclass(frozen=True)
class Chart:
    """Numbers over time: `caption` says of what. With a currency the values are its minor units."""

    caption: str
    labels: Sequence[str]
    series: Sequence[Series]
    currency: str = ""
    kind: str = BARS

    @property
    def has_numbers(self) -> bool:
        """Is there anything but nothing?"""
        return any(value for each in self.series for value in each.values)

    def shown(self, value: int | None) -> str:
        """A value as people read it."""
        if value is None:
            return "–"
        return money.spoken(value, self.currency) if self.currency else formats.number(value)

    def rows(self) -> Iterator[tuple[str, list[str]]]:
        """The same as a table: each label with a value of each series."""
        for number, label in enumerate(self.labels):
            yield label, [self.shown(each.values[number]) for each in self.series]

    def description(self) -> list[str]:
        """For whoever cannot see it: where each series has its highest value."""
        sentences = []
        for each in self.series:
            known = [(value, label) for value, label in zip(each.values, self.labels, strict=True) if value is not None]
            if known:
                most, label = max(known, key=lambda pair: pair[0])
                sentences.append(
                    _("%(name)s: highest in %(label)s, %(value)s.", name=each.name, label=label, value=self.shown(most))
                )
        return sentences

    def svg(self) -> Markup:
        """The drawing, without a word of its own but labels; components/charts.html names and describes it."""
        units = 10 ** money.minor_digits(self.currency) if self.currency else 1
        drawing = DRAWN_BY[self.kind](
            width=WIDTH,
            height=HEIGHT,
            margin=8,
            css=(),
            js=(),
            show_legend=False,
            show_minor_y_labels=False,
            y_labels_major_count=4,
            dots_size=3,
            value_formatter=_short,
            show_x_guides=False,
            include_x_axis=True,
        )
        drawing.x_labels = list(self.labels)
        for each in self.series:
            drawing.add(each.name, [None if value is None else value / units for value in each.values])
        return Markup("").join(_drawn(drawing.render_tree()))


def _short(value: float) -> str:
    """A number beside an axis: '12K'."""
    return format_compact_decimal(value, locale=current().babel, fraction_digits=1)


def _drawn(node: Any) -> Iterator[Markup]:
    """What is to be seen of pygal's drawing, with classes of ours and no style of its own."""
    tag = node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""
    known = set((node.get("class") or "").split())
    is_flat = tag == "rect" and not float(node.get("height"))
    if tag not in KEPT or known & DROPPED or any(each.endswith("-overlay") for each in known) or is_flat:
        return
    classes = [ours for theirs, ours in CLASSES.items() if theirs in known]
    classes += [f"chart-{each.removeprefix('serie-')}" for each in known if each.startswith("serie-")]
    given = {"class": " ".join(classes)} if classes else {}
    given |= {name: _rounded(node.get(name)) for name in ATTRIBUTES if node.get(name) is not None}
    if tag == "svg":
        given = {"viewBox": f"0 0 {WIDTH} {HEIGHT}", "aria-hidden": "true", "focusable": "false"}
    inside = Markup("").join(part for child in node for part in _drawn(child))
    words = escape(node.text.strip()) if tag == "text" and node.text else ""
    if inside or words or tag not in ("svg", "g", "text"):
        attributes = Markup("").join(Markup(' {}="{}"').format(name, value) for name, value in given.items())
        yield Markup("<{0}{1}>{2}{3}</{0}>").format(tag, attributes, words, inside)


def _rounded(numbers: str) -> str:
    return re.sub(r"-?\d+\.\d+", lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), numbers)
