"""The five-minute lane: asks that a coach may answer in five minutes. Pure.

A written answer is enough, and no more than a quarter of an hour was asked for. They are shown first, the first to
lapse first: by what is asked, never by who asks.
"""

MOST_MINUTES = 15
