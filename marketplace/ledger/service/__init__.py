"""Posting entries, and closing what was posted into sums."""
