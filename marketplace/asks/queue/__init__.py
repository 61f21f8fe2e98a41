"""Places in the queue of a coach who takes no further asks now.

What is kept there is sent in order of coming.
"""
