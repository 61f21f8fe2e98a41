"""Sweeps: each hour, what Stripe told us and never came, and what we meant to ask and never heard of."""
