"""Addresses, patience and words for calendars elsewhere. Pure."""
