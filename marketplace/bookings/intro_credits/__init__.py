"""A paid first session counts: its price is taken off the first full one. Once."""
