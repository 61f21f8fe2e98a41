"""What must be true of unpaid time."""

from datetime import timedelta

from marketplace.bookings import rules as booking_rules
from marketplace.bookings.overruns import rules as overrun_rules
from marketplace.invariants.rules.invariant import Invariant
from marketplace.languages import lazy_gettext as _l
from marketplace.unpaid_time.grants.rules import TAKEN

INVARIANTS = (
    Invariant(
        "overruns_follow_their_payment",
        _l("An overrun is paid once its payment is, ends in time, and becomes the coach's once it is settled."),
        """
select 'booking' as kind, o.booking_id::text as id,
    format('its overrun is %s, the payment %s', o.status, p.status) as said,
    coalesce(p.paid_at, o.lapses_at) as since
from overruns o join payments p on p.id = o.payment_id
where (o.status = 'paid') <> (p.status = 'paid') and (p.status = 'paid' or o.status = 'paid')
union all
select 'booking', booking_id::text, 'its overrun stands though its time is over', lapses_at
from overruns where status in :open and lapses_at <= :now
""",
        timedelta(hours=2),
        states={"open": overrun_rules.OPEN},
    ),
    Invariant(
        "free_sessions_are_granted",
        _l("A session without a price was granted in just that length, and its minutes are taken from the coach's."),
        """
select 'booking' as kind, b.id::text as id, 'has no price, and nobody gave it' as said, b.created_at as since
from bookings b left join grants g on g.booking_id = b.id
where b.price_cents + b.discount_cents = 0 and b.status in :agreed
    and (g.id is null or b.ends_at - b.starts_at <> make_interval(mins => g.minutes))
union all
select 'ask', g.ask_id::text,
    format('its free session is %s, and %s minutes are taken for it', g.status, e.minutes + coalesce(r.minutes, 0)),
    greatest(g.created_at, r.created_at)
from grants g join unpaid_entries e on e.id = g.entry_id left join unpaid_entries r on r.reverses_id = e.id
where (g.status in :taken) <> (r.id is null) or e.minutes <> g.minutes or e.value_cents <> g.value_cents
""",
        whole=True,
        states={"agreed": booking_rules.AGREED, "taken": TAKEN},
    ),
    Invariant(
        "free_sessions_follow",
        _l("Minutes of a free session that was called off, or that nobody took, are given back."),
        """
select 'ask' as kind, g.ask_id::text as id, 'its free session was called off' as said, b.ended_at as since
from grants g join bookings b on b.id = g.booking_id where g.status = 'booked' and b.status in :called_off
union all
select 'ask', ask_id::text, 'its free session stands though its days are over', valid_until
from grants where status = 'offered' and valid_until <= :now
""",
        timedelta(minutes=30),
        states={"called_off": booking_rules.CALLED_OFF},
    ),
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
