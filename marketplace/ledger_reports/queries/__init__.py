"""Entries, accounts and their statements, months, timelines."""
