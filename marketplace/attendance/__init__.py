"""Cases. Where the two of a session say different things, the money waits until an admin has decided."""
