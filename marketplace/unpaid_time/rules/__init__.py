"""What counts as unpaid time, and what a coach's year comes to. Pure."""
