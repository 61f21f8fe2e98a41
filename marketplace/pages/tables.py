"""Tables that a page declares by their columns.

The address sorts, filters and pages them, and gets all rows as CSV.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from flask import Response, request, url_for
from marshmallow import Schema

from marketplace import money
from marketplace.languages import LazyText
from marketplace.languages import gettext as _
from marketplace.pages.csv_export import spreadsheet
from marketplace.pages.forms import load_address

TEXT, NUMBER, MONEY, TIME = "text", "number", "money", "time"
ROWS_OF_A_PAGE = 50
LAST_PAGE = 10_000
OURS = ("sort", "page", "format")


@dataclass(frozen=True)
class Column:
    """A column: its name in addresses and CSV files, its heading, its kind, and whether rows can be sorted by it.

    `path` is the attribute of a row that it shows ('mentee.name'; its own name by default), or a function of the row.
    Money is minor units in the currency at the attribute `currency`.
    """

    name: str
    label: str | LazyText
    kind: str = TEXT
    sorts: bool = False
    path: str | Callable[[Any], Any] = ""
    currency: str = "currency"

    @property
    def is_right(self) -> bool:
        """Do its values stand at the end of the line, where numbers are compared?"""
        return self.kind in {NUMBER, MONEY}

    def of(self, row: Any) -> Any:
        """Its value in a row."""
        return self.path(row) if callable(self.path) else attrgetter(self.path or self.name)(row)

    def currency_of(self, row: Any) -> str:
        """The currency of its amount in a row."""
        return str(attrgetter(self.currency)(row))

    def titles(self) -> tuple[str, ...]:
        """Its headings in a CSV file: money has its currency beside it."""
        return (self.name, f"{self.name}_currency") if self.kind == MONEY else (self.name,)

    def plain(self, row: Any) -> tuple[object, ...]:
        """Its cells in a CSV file: ISO 8601, amounts as digits."""
        value = self.of(row)
        if self.kind == MONEY:
            currency = self.currency_of(row)
            return ("", currency) if value is None else (money.plain(value, currency), currency)
        return (value.isoformat() if isinstance(value, datetime) else value,)


@dataclass(frozen=True)
class Asked:
    """What the address asks of a table, ready for a query: `sort`, `descending`, `offset`, `limit` and `filters`.

    `errors` says by field what could not be understood; the values are then those of an address that asks for nothing.
    """

    columns: Sequence[Column]
    sort: str
    descending: bool
    page: int
    size: int
    filters: dict[str, Any]
    typed: dict[str, str]
    errors: dict[str, list[str]]

    @property
    def offset(self) -> int:
        """How many rows stand before this page."""
        return (self.page - 1) * self.size

    @property
    def limit(self) -> int:
        """How many rows to read: one more than are shown, which says whether there is a next page."""
        return self.size + 1

    @property
    def order(self) -> dict[str, Any]:
        """Sorting and paging as a query takes them: sort, descending, offset, limit."""
        return {"sort": self.sort, "descending": self.descending, "offset": self.offset, "limit": self.limit}

    @property
    def sorting(self) -> dict[str, Any]:
        """The same without pages, for a file of all rows: sort, descending."""
        return {"sort": self.sort, "descending": self.descending}

    @property
    def as_csv(self) -> bool:
        """Are all rows wanted as a file?"""
        return request.args.get("format") == "csv" and not self.errors

    @property
    def status(self) -> int:
        """The HTTP status of the page."""
        return 422 if self.errors else 200

    def table(self, rows: Sequence[Any], caption: str) -> Table:
        """The page of the table, of up to `limit` rows; `caption` says to readers of screens what it holds."""
        return Table(self, rows[: self.size], caption, has_more=len(rows) > self.size)

    def csv(self, name: str, rows: Iterable[Any]) -> Response:
        """All rows as a file, written while they are read."""
        titles = [title for column in self.columns for title in column.titles()]
        return spreadsheet(name, titles, self._lines(rows))

    def _lines(self, rows: Iterable[Any]) -> Iterator[list[object]]:
        for row in rows:
            yield [cell for column in self.columns for cell in column.plain(row)]


@dataclass(frozen=True)
class Table:
    """One page of a table, as templates show it (components/tables.html)."""

    asked: Asked
    rows: Sequence[Any]
    caption: str
    has_more: bool

    @property
    def columns(self) -> Sequence[Column]:
        """The columns, in their order."""
        return self.asked.columns

    @property
    def typed(self) -> dict[str, str]:
        """What the address says, by field."""
        return self.asked.typed

    @property
    def errors(self) -> dict[str, list[str]]:
        """What could not be understood, by field."""
        return self.asked.errors

    def sorting(self, column: Column) -> str:
        """The value of `aria-sort`: ascending or descending, '' where rows stand in the order of another column."""
        if self.asked.sort != column.name:
            return ""
        return "descending" if self.asked.descending else "ascending"

    def sort_address(self, column: Column) -> str:
        """This table by that column, or the other way round. Numbers and times begin with the highest."""
        first_down = column.kind != TEXT
        down = not self.asked.descending if self.asked.sort == column.name else first_down
        return here(sort=f"-{column.name}" if down else column.name, page=None)

    @property
    def sort_argument(self) -> str:
        """How the address says it is sorted; '' where it does not."""
        return request.args.get("sort", "") if not self.errors else ""

    @property
    def previous(self) -> str | None:
        """The address of the page before this one."""
        before = self.asked.page - 1
        return here(page=before if before > 1 else None) if before else None

    @property
    def next(self) -> str | None:
        """The address of the page after this one."""
        return here(page=self.asked.page + 1) if self.has_more else None

    @property
    def csv_address(self) -> str:
        """All rows of this table as a file."""
        return here(format="csv", page=None)

    @property
    def is_filtered(self) -> bool:
        """Does the address leave rows out?"""
        return any(name not in OURS for name in self.typed)

    @property
    def unfiltered_address(self) -> str:
        """The same table with every row."""
        return here(**{name: None for name in self.typed if name != "sort"})


def read(
    columns: Sequence[Column], *, default: str, filters: Schema | None = None, size: int = ROWS_OF_A_PAGE
) -> Asked:
    """What the address asks of this table; `default` is the column to sort by, '-name' for the highest first."""
    values, typed, errors = load_address(filters or Schema())
    wanted = request.args.get("sort", "") or default
    known = {column.name for column in columns if column.sorts} | {default.removeprefix("-")}
    if wanted.removeprefix("-") not in known:
        errors = errors | {"sort": [_("This list cannot be sorted by that. It stands in its usual order.")]}
    page = request.args.get("page", "1")
    if not (page.isascii() and page.isdecimal() and 0 < int(page[:9]) <= LAST_PAGE):
        errors = errors | {"page": [_("There is no such page. This is the first one.")]}
    if errors:
        wanted, page = default, "1"
    return Asked(
        columns=columns,
        sort=wanted.removeprefix("-"),
        descending=wanted.startswith("-"),
        page=int(page),
        size=size,
        filters=values,
        typed=typed,
        errors=errors,
    )


def here(**changed: Any) -> str:
    """The address of this page with other arguments; None takes one away."""
    kept: dict[str, Any] = request.args.to_dict(flat=False)
    kept = {name: value for name, value in (kept | changed).items() if value is not None}
    return url_for(request.endpoint or "", **(request.view_args or {}), **kept)
