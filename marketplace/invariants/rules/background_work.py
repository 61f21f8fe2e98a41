"""Invariants of what works in the background: jobs, Stripe's messages, mail."""

from datetime import timedelta

from marketplace.invariants.rules.invariant import Invariant
from marketplace.jobs import OPEN
from marketplace.languages import lazy_gettext as _l

INVARIANTS = (
    Invariant(
        "jobs_are_done",
        _l("A job that is due is begun, and one that was begun has a worker that lives."),
        """
with told as (
    select j.id, j.task_name, j.status, w.last_heartbeat,
        greatest(j.scheduled_at, (select max(e.at) from procrastinate_events e where e.job_id = j.id)) as at
    from procrastinate_jobs j left join procrastinate_workers w on w.id = j.worker_id
    where j.status in :open
)
select 'job' as kind, id::text as id,
    format('%s, %s', task_name, case status when 'todo' then 'due' else 'begun by a worker that is gone' end) as said,
    at + (cast(:now as timestamptz) - cast(:machine_now as timestamptz)) as since
from told
where at is not null and (status = 'todo'
    or last_heartbeat is null
    or last_heartbeat < cast(:machine_now as timestamptz) - make_interval(secs => :stalled_seconds))
""",
        timedelta(minutes=10),
        states={"open": OPEN},
    ),
    Invariant(
        "jobs_succeed",
        _l("No job was given up."),
        """
select 'job' as kind, j.id::text as id, format('%s, given up after %s tries', j.task_name, j.attempts) as said,
    (select max(e.at) from procrastinate_events e where e.job_id = j.id)
        + (cast(:now as timestamptz) - cast(:machine_now as timestamptz)) as since
from procrastinate_jobs j where j.status = 'failed'
""",
    ),
    Invariant(
        "messages_are_handled",
        _l("What Stripe tells us is acted on."),
        """
select 'event' as kind, id, concat_ws(': ', type, error) as said, received_at as since
from stripe_events where handled_at is null
""",
        timedelta(minutes=10),
    ),
    Invariant(
        "mail_goes",
        _l("Mail that was written is sent, or somebody is told that it cannot be."),
        """
select 'mail' as kind, id::text as id, concat_ws(': ', subject, error) as said, created_at as since
from messages where status = 'waiting'
""",
        timedelta(minutes=60),
    ),
)
