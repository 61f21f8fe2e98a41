"""A coach's calendars on other servers.

What is busy there is not offered here; what is booked here appears there.

Other people's servers are only spoken to by jobs, outside any transaction. While one fails, what was read stays.
"""
