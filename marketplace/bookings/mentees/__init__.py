"""Mentees: whom a coach has worked with. Each coach sees their own alone."""
