"""Session credits: paid without a time, to be scheduled within 60 days.

What is not scheduled is refunded in full.
"""
