"""Sweeps: each hour, what Stripe told us and never came, and what we asked and never heard of."""
