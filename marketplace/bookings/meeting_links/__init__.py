"""Meeting links."""
