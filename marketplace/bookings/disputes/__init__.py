"""Disputes: what the payer's bank takes back of sessions, and what we tell the bank."""
