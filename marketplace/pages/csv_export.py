"""Tables for spreadsheets, sent line by line."""

from collections.abc import Iterable, Sequence

from flask import Response, stream_with_context

from marketplace.documents.csv_export import csv_lines


def spreadsheet(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A file to download; `rows` are read while they are sent, within the request."""
    headers = {"Content-Disposition": f"attachment; filename={name}", "Cache-Control": "no-store"}
    return Response(stream_with_context(csv_lines(columns, rows)), mimetype="text/csv", headers=headers)
