"""What must be true of unpaid time."""

from datetime import timedelta

from marketplace.invariants.rules.invariant import Invariant
from marketplace.languages import lazy_gettext as _l

INVARIANTS = (
    Invariant(
        "reversed_minutes_cancel",
        _l("What takes unpaid minutes back takes back exactly those, on the same day and of the same kind."),
        """
select 'coach' as kind, r.coach_id::text as id, format('%s minutes take %s back', r.minutes, e.minutes) as said,
    r.created_at as since
from unpaid_entries r join unpaid_entries e on e.id = r.reverses_id
where r.minutes <> -e.minutes or r.value_cents <> -e.value_cents or e.reverses_id is not null
    or (r.coach_id, r.kind, r.currency, r.day) is distinct from (e.coach_id, e.kind, e.currency, e.day)
""",
    ),
    Invariant(
        "timers_end",
        _l("No timer of unpaid time runs longer than four hours."),
        """
select 'coach' as kind, coach_id::text as id, 'a timer runs' as said, started_at + interval '4 hours' as since
from unpaid_timers where started_at <= cast(:now as timestamptz) - interval '4 hours'
""",
        timedelta(minutes=30),
    ),
)
