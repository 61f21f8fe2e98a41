"""Tables for spreadsheets."""

import csv as writing
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

# What a spreadsheet would run as a formula when somebody opens the file
# (OWASP, CSV Injection: https://owasp.org/www-community/attacks/CSV_Injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as RFC 4180 has it: a row of titles, then the rows; None is empty. No text in it is a formula."""
    return "".join(csv_lines(columns, rows))


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The same line by line, for tables too long to be held at once."""
    written = io.StringIO()
    table = writing.writer(written)
    for row in chain([columns], ([_cell(value) for value in row] for row in rows)):
        table.writerow(row)
        yield written.getvalue()
        written.seek(0)
        written.truncate()


def _cell(value: object) -> object:
    """A cell that a spreadsheet shows as it is. What is a number stays one, however negative."""
    if not isinstance(value, str) or not value.startswith(FORMULA):
        return value
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value
