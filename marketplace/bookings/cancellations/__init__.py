"""Cancellations: either side ends a booking, for exactly the refund that was shown before.

A hold is released, a request is withdrawn, and of a paid session is refunded what its terms say.
"""
