"""Scheduling: weekly hours in a coach's zone become free times.

What is shown as free can be booked, and only that."""
