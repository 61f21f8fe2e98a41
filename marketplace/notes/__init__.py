"""Session notes. A private note is for its author alone, encrypted at rest."""
