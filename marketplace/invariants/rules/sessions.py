"""Invariants of sessions: who has which time, what is paid, when it ends and pays the coach."""

from datetime import timedelta

from marketplace.bookings import rules as booking_rules
from marketplace.invariants.rules.invariant import Invariant
from marketplace.languages import lazy_gettext as _l

INVARIANTS = (
    Invariant(
        "one_session_at_a_time",
        _l("No coach is in two sessions at once."),
        """
with claims as (
    select id, coach_id, blocked,
        max(upper(blocked)) over (partition by coach_id order by lower(blocked), id
            rows between unbounded preceding and 1 preceding) as taken_until
    from bookings where status in :claiming
)
select 'booking' as kind, id::text as id, format('from %s, taken until %s', lower(blocked), taken_until) as said,
    null::timestamptz as since
from claims where taken_until > lower(blocked)
""",
        states={"claiming": booking_rules.CLAIMING},
    ),
    Invariant(
        "nobody_in_two_places",
        _l("Nobody coaches a session and is a mentee in another at once."),
        """
select 'booking' as kind, bought.id::text as id,
    format('its mentee coaches session %s then', sold.id) as said, null::timestamptz as since
from bookings bought
join coaches c on c.user_id = bought.mentee_id
join bookings sold on sold.coach_id = c.id and sold.blocked && tstzrange(bought.starts_at, bought.ends_at)
where bought.status in :claiming and sold.status in :claiming
""",
        states={"claiming": booking_rules.CLAIMING},
    ),
    Invariant(
        "sessions_are_paid",
        _l("Every session that is agreed or was held is paid for."),
        """
select 'booking' as kind, b.id::text as id,
    format('%s, its payment: %s', b.status, coalesce(p.status, 'none')) as said, null::timestamptz as since
from bookings b left join payments p on p.id = b.payment_id
where b.status in :agreed and b.price_cents > 0 and p.status is distinct from 'paid'
""",
        whole=True,
        states={"agreed": booking_rules.AGREED},
    ),
    Invariant(
        "paid_is_confirmed",
        _l("A time that is paid for is confirmed."),
        """
select 'booking' as kind, b.id::text as id, format('%s although it is paid', b.status) as said, p.paid_at as since
from bookings b join payments p on p.id = b.payment_id
where b.status in :unconfirmed and p.status = 'paid'
""",
        timedelta(minutes=10),
        states={"unconfirmed": booking_rules.UNCONFIRMED},
    ),
    Invariant(
        "holds_end",
        _l("No time is held beyond its minutes."),
        """
select 'booking' as kind, id::text as id, 'held although it has lapsed' as said, hold_expires_at as since
from bookings where status = 'held'
""",
        timedelta(minutes=5),
    ),
    Invariant(
        "requests_end",
        _l("A request that was not answered in time, or whose money was not taken in time, lapses."),
        """
select 'booking' as kind, b.id::text as id,
    case when p.capture_wanted_at is null then 'asked although the time to answer is over'
        else 'approved although the time to take its money is over' end as said,
    least(b.starts_at, greatest(b.decide_by, p.capture_wanted_at + interval '1 hour')) as since
from bookings b join payments p on p.id = b.payment_id
where b.status = 'requested' and b.decide_by is not null
""",
        timedelta(minutes=10),
    ),
    Invariant(
        "sessions_end",
        _l("A session that nobody marks counts as held a day later."),
        """
select 'booking' as kind, id::text as id, 'confirmed although it is long over' as said,
    greatest(ends_at + interval '24 hours', changed_at) as since
from bookings where status = 'confirmed' and frozen_at is null
""",
        timedelta(minutes=15),
    ),
    Invariant(
        "released_after_the_window",
        _l("Nothing is released to a coach before the time for disputes is over and Stripe has settled it."),
        """
select 'booking' as kind, b.id::text as id, format('released %s', b.released_at) as said, b.released_at as since
from bookings b left join payments p on p.id = b.payment_id
where b.released_at < greatest(
    b.ends_at + make_interval(hours => (b.policy ->> 'dispute_window_hours')::int), p.available_on)
""",
        whole=True,
    ),
    Invariant(
        "earnings_are_released",
        _l("Once the time for disputes is over, what was kept becomes the coach's."),
        """
select 'booking' as kind, b.id::text as id, 'due and not released' as said,
    greatest(b.ends_at + make_interval(hours => (b.policy ->> 'dispute_window_hours')::int), p.available_on,
        b.changed_at, (select max(d.closed_at) from disputes d where d.payment_id = p.id)) as since
from bookings b join payments p on p.id = b.payment_id
where b.released_at is null and b.frozen_at is null and b.status in :releasable
    and b.confirmed_at is not null and b.refunded_cents < b.price_cents
    and p.status = 'paid' and p.disputed_at is null and p.available_on is not null
""",
        timedelta(minutes=30),
        states={"releasable": booking_rules.RELEASABLE},
    ),
    Invariant(
        "sold_under_a_version_that_says_so",
        _l("What is copied onto a session is what that version of its policy says."),
        """
select 'booking' as kind, b.id::text as id,
    format('is sold under %s, version %s, which says otherwise', b.policy ->> 'name', b.policy ->> 'version') as said,
    b.created_at as since
from bookings b
where (b.policy ->> 'version')::int > 0 and not exists (
    select 1 from policies p join policy_versions v on v.policy_id = p.id
    where p.name = b.policy ->> 'name' and v.number = (b.policy ->> 'version')::int and v.tiers = b.policy -> 'tiers'
        and to_jsonb(v.grace_minutes) = b.policy -> 'grace_minutes'
        and to_jsonb(v.reschedules) = b.policy -> 'reschedules'
        and to_jsonb(v.reschedule_hours) = b.policy -> 'reschedule_hours')
""",
        whole=True,
    ),
    Invariant(
        "free_times_are_free",
        _l("No time that is shown as free is claimed."),
        """
select 'booking' as kind, b.id::text as id,
    format('claims a time shown as free from %s to %s', f.starts_at, f.ends_at) as said, null::timestamptz as since
from bookings b join free_ranges f on f.coach_id = b.coach_id and tstzrange(f.starts_at, f.ends_at) && b.blocked
where b.status in :claiming and upper(b.blocked) > :now
union all
select 'booking', b.id::text, format('is bought by a coach who is shown as free from %s to %s', f.starts_at, f.ends_at),
    null
from bookings b join coaches c on c.user_id = b.mentee_id
join free_ranges f on f.coach_id = c.id and f.starts_at < b.ends_at and f.ends_at > b.starts_at
where b.status in :claiming and b.ends_at > :now
""",
        states={"claiming": booking_rules.CLAIMING},
    ),
    Invariant(
        "what_is_found_is_what_is_sold",
        _l("A search finds each offering that can be booked, as it is sold, and no other."),
        """
select 'coach' as kind, coach_id::text as id,
    format('offering %s is listed otherwise than it is sold', offering_id) as said, null::timestamptz as since
from (
    (select * from offerings_to_list except select * from listed_offerings)
    union all (select * from listed_offerings except select * from offerings_to_list)
) as different
union all
select 'coach', coach_id::text, format('offering %s is found by other topics than its coach''s', offering_id), null
from (
    (select to_jsonb(t) - 'topic' as terms, coach_id, offering_id, topic from listed_topics t
     except select to_jsonb(o) - 'topics', coach_id, offering_id, unnest(topics) from listed_offerings o)
    union all
    (select to_jsonb(o) - 'topics', coach_id, offering_id, unnest(topics) from listed_offerings o
     except select to_jsonb(t) - 'topic', coach_id, offering_id, topic from listed_topics t)
) as different
""",
        whole=True,
    ),
)
