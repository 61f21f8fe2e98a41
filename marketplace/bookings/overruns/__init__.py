"""Overruns: minutes beyond a session, proposed by its coach, paid by its mentee or not."""
