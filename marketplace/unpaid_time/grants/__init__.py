"""Free sessions, from a budget of minutes a month that the coach chose to give."""
