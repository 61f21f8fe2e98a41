"""The JSON API under /api/v1. A route is a stack of decorators over three lines: schema in, command, schema out."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register every resource."""
