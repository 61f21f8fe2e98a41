"""The only file that speaks to calendars elsewhere: feeds (ICS) and CalDAV, through one guarded session.

Everything raises Unreadable with a sentence for the coach. Nothing here is called in a request or a transaction.
"""
