"""Cancellations."""
