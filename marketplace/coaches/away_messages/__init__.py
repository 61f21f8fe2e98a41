"""Away messages: what a coach tells mentees while away, until a date or until it is removed."""
