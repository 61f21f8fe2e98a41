"""Commands: calendars are added and removed, read by jobs, written by jobs."""
