"""Payments: money in and refunds. Intent, commit, Stripe, record: once, whatever the crash."""
