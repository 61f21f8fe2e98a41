"""Tables for spreadsheets, sent line by line."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from flask import Response, stream_with_context

from marketplace.documents.csv_export import csv_lines

BATCH = 1000


def spreadsheet(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A file to download; `rows` are read while they are sent, within the request."""
    headers = {"Content-Disposition": f"attachment; filename={name}", "Cache-Control": "no-store"}
    return Response(stream_with_context(csv_lines(columns, rows)), mimetype="text/csv", headers=headers)


def batches(read: Callable[..., Sequence[Any]], **wanted: Any) -> Iterator[Any]:
    """Every row that `read` finds, so many at a time by its `offset` and `limit`."""
    for offset in itertools.count(0, BATCH):
        found = read(**wanted, offset=offset, limit=BATCH)
        yield from found
        if len(found) < BATCH:
            return
