"""Joining and leaving the waitlist. What becomes free is offered to the longest wait, for twenty minutes."""
