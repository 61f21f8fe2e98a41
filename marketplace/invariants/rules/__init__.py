"""The invariants: SQL here, run in `queries`."""
