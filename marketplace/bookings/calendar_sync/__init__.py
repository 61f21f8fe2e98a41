"""Calendar sync: confirmed sessions stand in the coach's own calendars, and leave them."""
