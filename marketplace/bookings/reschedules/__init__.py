"""Reschedules."""
