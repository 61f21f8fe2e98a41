"""The JSON API under /api/v1: a route is a schema in, one command, a schema out."""
