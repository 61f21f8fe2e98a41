"""Sweeps, each hour: events that never came, and requests whose outcome is unknown."""
