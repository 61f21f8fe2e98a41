"""Rules of calendars elsewhere: addresses, secrets, retries; iCalendar expanded. Pure."""
