"""The only modules that speak to calendars elsewhere: ICS feeds and CalDAV, both guarded.

Everything raises Unreadable with a sentence for the coach. Nothing here is called in a request or a transaction.
"""
