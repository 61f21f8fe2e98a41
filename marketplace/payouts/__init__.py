"""Payouts: a coach's balance to the bank. Nothing unapproved is sent, nothing twice."""
