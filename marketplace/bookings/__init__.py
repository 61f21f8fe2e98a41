"""Bookings. Nobody coaches one session while in another; price and rules stay as booked.

A booking is one row from the hold to its end. `rules` holds its states, `transitions` moves it, `queries` finds and
locks it; each idea has a room of its own: holds, checkout, payment_outcomes, approvals, cancellations, reschedules ...
"""
