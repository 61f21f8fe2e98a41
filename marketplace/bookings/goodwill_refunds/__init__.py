"""Goodwill refunds: what an admin refunds beyond the policy, and who bears it."""
