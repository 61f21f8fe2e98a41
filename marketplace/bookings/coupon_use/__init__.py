"""Coupon use: a code takes something off what is held. Bookings are the uses."""
