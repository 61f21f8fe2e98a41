"""The floor of a request: a bare Flask, a pool of psycopg's, `select 1`."""

import os

from flask import Flask
from psycopg_pool import ConnectionPool


def made() -> Flask:
    """The minimal application with its one route."""
    minimal = Flask("minimal")
    pool = ConnectionPool(os.environ["DATABASE_URL"], min_size=1, max_size=4, open=True)

    @minimal.get("/bench/bare")
    def bare() -> str:
        with pool.connection() as connection:
            found = connection.execute("select 1").fetchone()
        assert found is not None
        return str(found[0])

    return minimal


app = made()
