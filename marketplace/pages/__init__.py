"""HTML pages for coaches, mentees, admins and passers-by. A view loads a schema, calls a command, renders."""

from flask import Flask

from marketplace.pages import health


def init_app(app: Flask) -> None:
    """Register every page."""
    app.register_blueprint(health.blueprint)
