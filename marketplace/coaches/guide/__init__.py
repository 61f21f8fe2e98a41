"""Which kind of help fits, or that none should be bought."""
