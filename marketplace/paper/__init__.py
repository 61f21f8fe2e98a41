"""Paper: what people print, file and import. The same input is the same bytes, so nothing rendered has to be kept.

`pdf(Document(...))` is an A4 document, tagged for screen readers; `csv(columns, rows)` a table for a spreadsheet.
"""

from marketplace.paper.document import Column, Document, Party, Table, pdf
from marketplace.paper.sheet import csv, csv_lines

__all__ = ["Column", "Document", "Party", "Table", "csv", "csv_lines", "pdf"]
