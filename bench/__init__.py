"""Benchmarks: what must stay fast, measured on this machine against a limit from the same run."""
