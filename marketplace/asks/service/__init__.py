"""Commands: send an ask, answer it, say how many are taken."""
