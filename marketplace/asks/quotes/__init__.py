"""Quotes: so many minutes for a price, for three days; paid for once, at a time that the asker chooses."""
