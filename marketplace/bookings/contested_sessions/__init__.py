"""Contested sessions: the two disagree, so it neither ends nor pays until that is decided."""
