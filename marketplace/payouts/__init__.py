"""Payouts: a coach's balance to her bank. Nothing is sent that was not approved, and nothing is sent twice."""
