"""What granian serves to be measured: the application with a bare route, `select 1`."""

import gc

from flask import Flask
from sqlalchemy import text

from marketplace.app import create_app
from marketplace.db import session

ONE = text("select 1")


def bare() -> str:
    """The least that a request of this application with a question to the database can be."""
    return str(session().scalar(ONE))


def made() -> Flask:
    """The application with the bare route."""
    application = create_app()
    application.add_url_rule("/bench/bare", view_func=bare)
    return application


app = made()
# As wsgi.py does.
gc.collect()
gc.freeze()
