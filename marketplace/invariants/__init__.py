"""Checks: what must always be true here is written down as queries, looked at all day, and told when it is not."""
