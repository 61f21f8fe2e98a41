"""Whose language it is, and what is said in it."""
