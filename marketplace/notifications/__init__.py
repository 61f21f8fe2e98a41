"""Notifications: what we tell people. A message is written with the fact it tells of and sent once by the worker."""
