"""Coupons of a coach: what each takes off and how often. Made and ended, never changed."""
