"""Reads of admins: changes of accounts, and people."""
