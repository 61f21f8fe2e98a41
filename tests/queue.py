"""The job queue inside a test's own transaction: what a worker would do, without its commits."""

from sqlalchemy import text

from marketplace import clock
from marketplace.db import begin_transaction, session
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
        JOBS[job.task_name](**job.args)
        begin_transaction()
        session().execute(text("update procrastinate_jobs set status = 'doing' where id = :id"), {"id": job.id})
        session().execute(text("update procrastinate_jobs set status = 'succeeded' where id = :id"), {"id": job.id})
        session().commit()
        done.append(job.task_name)
    raise AssertionError(f"jobs never end: {done[-5:]}")


def waiting() -> list[str]:
    """The names of the jobs that wait, due or not."""
    rows = session().execute(text("select task_name from procrastinate_jobs where status = 'todo' order by id"))
    return [name for (name,) in rows]
