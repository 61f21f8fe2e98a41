"""Scheduling: weekly hours in the coach's own zone become free times. What is shown can be booked, and only that."""
