"""Commands on documents: made by jobs from what the books say, printed at any time, alike each time."""
