"""Links to a coach's work elsewhere: up to five, each with a name, shown on the rate card."""
