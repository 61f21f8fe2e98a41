"""How the site looks as an operator's own: its logo, which stands on every page."""
