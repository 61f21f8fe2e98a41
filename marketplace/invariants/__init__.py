"""Invariants: what must always hold, as queries that are evaluated all day; admins are told what does not."""
