"""Briefs: their fields, and those of a session with the score of an ask."""
