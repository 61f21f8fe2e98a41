"""Quotes: minutes for a price, for three days; paid for once, at a time of the asker's choice."""
