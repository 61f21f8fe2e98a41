"""Bookings. No coach is ever in two sessions at once; what was sold keeps its price and its rules."""
