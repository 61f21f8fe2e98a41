"""Payment outcomes."""
