"""The directory: which coaches fit, how many of each kind there are, in which order.

Orders are the newest first and the lowest price first.
"""
