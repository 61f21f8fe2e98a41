"""Every invariant by name, and when to look at which. SQL here, run in `queries`."""
