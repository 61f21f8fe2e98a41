"""Payments: money in and back. Intent, commit, Stripe, record: whatever the crash, nothing happens twice or never."""
