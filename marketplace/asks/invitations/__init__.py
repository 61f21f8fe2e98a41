"""Invitations that a coach was sent: read, priced, answered by a quote or a polite no."""
