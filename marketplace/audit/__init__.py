"""Audit: who did what to whom, and when. Rows are written with the deed and never change."""
