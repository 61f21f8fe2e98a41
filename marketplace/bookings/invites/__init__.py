"""Invites: a session in people's calendars: its invite, its file, their feed (RFC 5545)."""
