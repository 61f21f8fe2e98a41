"""Earnings: what was kept of a session is its coach's, less our fee, after the window."""
