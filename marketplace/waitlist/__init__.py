"""The waitlist: what becomes free is offered to the longest wait, for twenty minutes."""
