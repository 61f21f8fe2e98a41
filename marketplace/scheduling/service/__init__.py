"""Commands: weekly hours, date overrides, time off, limits; openings are kept in step."""
