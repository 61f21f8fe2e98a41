"""Tables for spreadsheets."""

import csv as writing
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from unicodedata import category, normalize

# What a spreadsheet would run as a formula when somebody opens the file, in any width
# (OWASP, CSV Injection: https://owasp.org/www-community/attacks/CSV_Injection).
FORMULA = ("=", "+", "-", "\N{MINUS SIGN}", "@")
# Controls, format characters and blanks: spreadsheets pass over some of them before they look for a formula.
PASSED_OVER = {"Cc", "Cf", "Zs", "Zl", "Zp"}


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
    if not isinstance(value, str) or not _begins_like_a_formula(value):
        return value
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value


def _begins_like_a_formula(text: str) -> bool:
    """Controls at the beginning count as one: nobody writes them by accident."""
    if category(text[:1] or "x") == "Cc":
        return True
    seen = next((letter for letter in text if category(letter) not in PASSED_OVER), "")
    return normalize("NFKC", seen).startswith(FORMULA)
