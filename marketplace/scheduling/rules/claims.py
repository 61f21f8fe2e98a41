"""Which sessions claim a coach's time, in the words of the table of bookings. Pure."""

HELD, REQUESTED, CONFIRMED, COMPLETED = "held", "requested", "confirmed", "completed"

# The coach's time is taken; a hold that has lapsed takes it no more.
CLAIMING = frozenset({HELD, REQUESTED, CONFIRMED})
# It counts against the coach's limits, also when it is over.
COUNTED = CLAIMING | {COMPLETED}
