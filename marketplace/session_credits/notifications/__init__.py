"""Mails about session credits."""
