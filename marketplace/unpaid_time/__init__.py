"""Unpaid time: minutes that coaches gave away, valued once, never changed, only reversed."""
