"""Coupon use."""
