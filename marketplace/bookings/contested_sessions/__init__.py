"""Contested sessions: mentee and coach disagree, so they neither end nor pay until decided."""
