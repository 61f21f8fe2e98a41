"""Checkout: the mentee pays for what is held, all of a series at once, on a hosted page."""
