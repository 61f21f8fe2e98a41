"""Where people are signed in: one row a browser. What was ended is useless at once."""
