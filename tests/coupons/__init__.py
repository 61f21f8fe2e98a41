"""Coupons of a coach: what they take off, how often, for whom."""
