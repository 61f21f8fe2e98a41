"""Notes: what a coach keeps of a session. A private note is for its author alone, encrypted at rest."""
