"""Unmet demand: what people did not get, in counts of five and more."""
