"""Mails that coaches forward to a secret address of their own: kept, read, used or shown."""
