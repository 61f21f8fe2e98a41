"""Quotes: minutes for a price, for three days; paid once, at a time of the asker's choice."""
