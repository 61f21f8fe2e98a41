"""Jobs that nobody tries any more: an admin puts one back into the queue."""

from marketplace import jobs
from marketplace.accounts.models import User
from marketplace.accounts.queries import only_admins
from marketplace.audit.service import record
from marketplace.db import transactional


@transactional
def rerun_job(admin: User, *, job_id: int) -> None:
    """Put a failed job back into the queue; NotFound for who is no admin, and where it has not failed."""
    only_admins(admin)
    jobs.rerun(job_id)
    record(admin.id, "job.rerun", str(job_id))
