"""Schemas of hours and free times, for the pages and the API alike."""
