"""Listings: a person's sessions, page by page."""
