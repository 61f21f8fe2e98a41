"""The job queue inside a test's own transaction: what a worker would do, without its commits."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import g
from sqlalchemy import inspect, text

from marketplace import clock
from marketplace.db import begin_transaction, db, session
from marketplace.worker import JOBS

DUE = """
    select id, task_name, args from procrastinate_jobs
    where status = 'todo' and (scheduled_at is null or scheduled_at <= :now)
    order by id limit 1
"""


def run_all(limit: int = 200) -> list[str]:
    """Run due jobs until there is none; returns their names. A job that raises stays, and raises here."""
    done = []
    while len(done) < limit:
        session().commit()
        job = session().execute(text(DUE), {"now": clock.now()}).first()
        session().commit()
        if job is None:
            return done
        with session_of_its_own():
            JOBS[job.task_name](**job.args)
        begin_transaction()
        session().execute(text("update procrastinate_jobs set status = 'doing' where id = :id"), {"id": job.id})
        session().execute(text("update procrastinate_jobs set status = 'succeeded' where id = :id"), {"id": job.id})
        session().commit()
        done.append(job.task_name)
    raise AssertionError(f"jobs never end: {done[-5:]}")


@contextmanager
def session_of_its_own() -> Iterator[None]:
    """A session that has read nothing yet, as a worker's has; what the test holds is read anew afterwards."""
    outer, sessions = db.session, g._sqlalchemy_sessions
    sessions["default"] = inner = db.sessionmaker()
    try:
        yield
    finally:
        inner.close()
        sessions["default"] = outer
        for held in list(outer):
            columns = inspect(held).mapper.column_attrs
            # Its key stays, by which it is found when its session is over.
            outer.expire(held, [each.key for each in columns if not each.columns[0].primary_key])


def waiting() -> list[str]:
    """The names of the jobs that wait, due or not."""
    rows = session().execute(text("select task_name from procrastinate_jobs where status = 'todo' order by id"))
    return [name for (name,) in rows]
