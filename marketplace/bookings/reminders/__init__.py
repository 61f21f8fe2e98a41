"""Reminders: a day and an hour before, as each side chose, and true when they are sent."""
