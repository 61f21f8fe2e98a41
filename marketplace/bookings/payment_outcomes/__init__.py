"""Payment outcomes: what Stripe says of the money decides what becomes of the booking.

In any order and however often: paid confirms, authorised makes a request, a bank debit under way keeps the time. Late
money claims the time again if it is still free, else it is refunded.
"""
