"""Whom to ask instead of a coach who takes no asks now."""
