"""Stripe's webhooks: verified, stored once, handled once, in any order."""
