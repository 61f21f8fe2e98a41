"""Accounts, statements, months; a booking's whole story."""
