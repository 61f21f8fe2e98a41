"""Devtools: what a developer's machine needs and a server does not. Nothing of marketplace imports it."""
