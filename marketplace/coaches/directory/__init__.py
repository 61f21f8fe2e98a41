"""The directory: which coaches fit, how many of each kind there are, the newest or the lowest price first."""
