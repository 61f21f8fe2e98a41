"""Fairhour: a paid mentoring marketplace that anyone can host."""
