"""Holds: a time is claimed for as long as paying takes, and is free again if nobody pays.

The claim is the booking's own row. However many ask for a time at once, PostgreSQL gives it to one of them. `service`
decides who may hold what, `claims` writes the row, `expiry` ends it.
"""
