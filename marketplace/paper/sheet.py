"""Tables for spreadsheets."""

import csv as writing
import io
from collections.abc import Iterable, Sequence

# What a spreadsheet would run as a formula when somebody opens the file
# (OWASP, CSV Injection: https://owasp.org/www-community/attacks/CSV_Injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as RFC 4180 has it: a row of titles, then the rows; None is empty. No text in it is a formula."""
    written = io.StringIO()
    table = writing.writer(written)
    table.writerow(columns)
    table.writerows([_cell(value) for value in row] for row in rows)
    return written.getvalue()


def _cell(value: object) -> object:
    """A cell that a spreadsheet shows as it is. What is a number stays one, however negative."""
    if not isinstance(value, str) or not value.startswith(FORMULA):
        return value
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value
