"""Cancellation policies by name, in versions. A version never changes."""
