"""Commands: leave, take it back, have a copy made."""
