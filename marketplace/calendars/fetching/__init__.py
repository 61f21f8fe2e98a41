"""The only file that speaks to calendars elsewhere: feeds (ICS) and CalDAV, through one guarded session.

Everything raises Unreadable with a sentence for the coach. Nothing here is called in a request or a transaction.
"""

from marketplace.calendars.fetching.dav import delete_event, put_event, read_caldav
from marketplace.calendars.fetching.feeds import read_feed
from marketplace.calendars.fetching.guarded import Reading, Unreadable

__all__ = ["Reading", "Unreadable", "delete_event", "put_event", "read_caldav", "read_feed"]
