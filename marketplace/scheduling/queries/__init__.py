"""Reads: hours, free times, search, and whether what is kept is what would be computed."""
