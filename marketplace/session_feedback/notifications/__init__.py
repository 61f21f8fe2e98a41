"""Mails about sessions that are over."""
