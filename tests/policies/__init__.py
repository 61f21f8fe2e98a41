"""Policies: what they may say, how they read, who makes them."""
