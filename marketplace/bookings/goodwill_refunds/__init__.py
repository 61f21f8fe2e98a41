"""Goodwill refunds."""
