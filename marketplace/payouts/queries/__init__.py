"""Reads: what is payable and why not, runs, payouts, banks."""
