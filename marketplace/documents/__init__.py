"""PDF and CSV. The same input is the same bytes, so nothing rendered has to be kept.

`pdf(Document(...))` is an A4 document, tagged for screen readers; `csv(columns, rows)` a table for a spreadsheet.
"""
