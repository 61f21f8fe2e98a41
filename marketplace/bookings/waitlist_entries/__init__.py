"""The waitlist's entries in order. Nobody books a time that is due to another on it.

`holds` asks `queries.is_due_to_another` before each claim; `marketplace.waitlist`, above, joins, leaves and offers.
"""
