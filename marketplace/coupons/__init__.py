"""Coupons of a coach: what each takes off, for how long, how often. Made and ended, never changed."""
