"""Jobs and mails that nobody tries any more: an admin has one, or all alike, tried again."""

from contextlib import suppress

from marketplace import jobs
from marketplace.accounts.models import User
from marketplace.accounts.queries import only_admins
from marketplace.audit.service import record
from marketplace.db import transactional
from marketplace.notifications import queries as notification_queries
from marketplace.notifications import service as notifications


@transactional
def rerun_job(admin: User, *, job_id: int) -> None:
    """Put a failed job back into the queue; NotFound for who is no admin, and where it has not failed."""
    only_admins(admin)
    jobs.rerun(job_id)
    record(admin.id, "job.rerun", str(job_id))


@transactional
def rerun_jobs(admin: User, *, name: str) -> int:
    """Put the failed jobs of one name back into the queue; how many. One with a successor that waits stays.

    NotFound for who is no admin.
    """
    only_admins(admin)
    done = 0
    for job in jobs.failed():
        if job.name == name:
            with suppress(jobs.WaitsAlready):
                jobs.rerun(job.id)
                record(admin.id, "job.rerun", str(job.id))
                done += 1
    return done


@transactional
def resend_mails(admin: User) -> int:
    """Try again every mail that could not be sent; how many. What has lost its secret text stays.

    NotFound for who is no admin.
    """
    only_admins(admin)
    done = 0
    for message in notification_queries.failed():
        with suppress(notifications.SecretGone):
            notifications.resend(admin, message_id=message.id)
            done += 1
    return done
