"""The entries of the waitlist, in their order. Nobody books a time that is due to somebody on it.

`holds` asks `queries.is_due_to_another` before each claim; `marketplace.waitlist`, above, joins, leaves and offers.
"""
