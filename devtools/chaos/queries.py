"""Queries on the settled database. `%(now)s` is seconds since 1970 by our clock."""

NOW = "to_timestamp(%(now)s)"

OVERLAPS = """
    with sessions as (
        select id, coach_id, mentee_id, starts_at, ends_at, status, blocked as taken
        from bookings where status in ('held', 'requested', 'confirmed')
        union all
        -- What took place took place, whatever was claimed; who did not come gave the time back early.
        select id, coach_id, mentee_id, starts_at, ends_at, status, tstzrange(starts_at, ends_at) from bookings
        where status in ('confirmed', 'completed') and outcome is distinct from 'mentee_no_show'
    )
    select distinct 'coach', a.coach_id, a.id, a.status, b.id, b.status
    from sessions a join sessions b on a.coach_id = b.coach_id and a.id < b.id and a.taken && b.taken
    union
    -- A coach is a mentee elsewhere at that time.
    select 'person', c.user_id, sold.id, sold.status, bought.id, bought.status
    from sessions sold join coaches c on c.id = sold.coach_id
    join sessions bought on bought.mentee_id = c.user_id and sold.taken && tstzrange(bought.starts_at, bought.ends_at)
"""

NET_BY_SOURCE = """
    select e.source, e.currency, sum(case when d.name = 'stripe' then e.cents else -e.cents end)
    from ledger_entries e
    join ledger_accounts d on d.id = e.debit_id join ledger_accounts c on c.id = e.credit_id
    where 'stripe' in (d.name, c.name)
    group by e.source, e.currency
"""

STRIPE_BALANCE = """
    select e.currency, sum(case when d.name = 'stripe' then e.cents else -e.cents end)
    from ledger_entries e
    join ledger_accounts d on d.id = e.debit_id join ledger_accounts c on c.id = e.credit_id
    where 'stripe' in (d.name, c.name)
    group by e.currency
"""

# Failed for good, begun and never ended, tried in vain and still being tried, or due and taken by nobody.
STUCK_JOBS = """
    select id, task_name, status, args, 'attempts', attempts from procrastinate_jobs
    where status = 'failed'
        or (status = 'todo' and attempts > 0)
        or (
            status in ('todo', 'doing')
            and coalesce(scheduled_at, '-infinity') <= now() - interval '20 seconds'
            -- What comes round each minute may have come a moment ago.
            and not exists (
                select from procrastinate_events e
                where e.job_id = procrastinate_jobs.id and e.type = 'deferred' and e.at > now() - interval '20 seconds'
            )
        )
    order by id
"""

PAYABLE_PAYMENTS = """
    select payment_id from bookings where status = 'held' and payment_id is not null
    union all
    select payment_id from written_answers where status = 'unpaid' and payment_id is not null
    union all
    select payment_id from session_credits where status = 'unpaid' and payment_id is not null
    union all
    select payment_id from overruns where status = 'accepted'
"""

ATTEMPTS = "select id, checkout_attempt from payments"

CHARGED = "select charge_id, amount_cents, status from payments where charge_id is not null"

# A request that its coach may still answer, and an answer that is still to be written.
OPEN_REQUESTS = """
    select p.intent_id from payments p join bookings b on b.payment_id = p.id where b.status = 'requested'
    union all
    select p.intent_id from payments p join written_answers a on a.payment_id = p.id
    where a.status in ('ordered', 'submitted')
"""

REFUNDS = "select id, status, stripe_id from refunds"

PAYOUTS = "select id, status from payouts where rail = 'stripe'"

DISPUTES = "select stripe_id, status from disputes"

EVENTS = "select id from stripe_events"

UNHANDLED_EVENTS = """
    select id, type, 'attempts', attempts, coalesce(error, 'no error') from stripe_events where handled_at is null
"""

CONFIRMED_TWICE = """
    select 'session', subject_id, 'confirmed', count(*), 'times' from audit_entries where action = 'booking.confirmed'
    group by subject_id having count(*) > 1
"""

STRAY_HOLDS = f"""
    select id, status, 'since', coalesce(decide_by, hold_expires_at) from bookings
    where (status = 'held' and hold_expires_at <= {NOW}) or (status = 'requested' and decide_by <= {NOW})
"""

CONFIRMED_UNPAID = """
    select 'session', b.id, b.status, 'with a payment', coalesce(p.status, 'that there is not')
    from bookings b left join payments p on p.id = b.payment_id
    where b.status in ('confirmed', 'completed') and p.status is distinct from 'paid'
        -- Given by its coach, out of a budget.
        and not exists (select from grants g where g.booking_id = b.id)
"""

# What was never sold is refunded whole, and each refund was decided on: once, unless a bank decided too.
PAID_FOR_NOTHING = """
    with things as (
        select payment_id, price_cents, refunded_cents, confirmed_at is not null as sold from bookings
        union all
        select payment_id, price_cents, refunded_cents, status = 'paid' from overruns
        union all
        select payment_id, price_cents, refunded_cents, delivered_at is not null from written_answers
        union all
        -- The session has the payment of one that was used.
        select payment_id, price_cents, refunded_cents, status = 'open' from session_credits where status <> 'used'
    ), sold as (
        select payment_id, sum(refunded_cents) as refunded,
            sum(case when sold then 0 else price_cents - refunded_cents end) as unsold
        from things where payment_id is not null group by payment_id
    ), back as (
        select payment_id, sum(amount_cents) as cents from refunds where key not like 'again:%%' group by payment_id
    )
    select p.id, p.currency, greatest(coalesce(s.unsold, p.amount_cents), abs(s.refunded - coalesce(b.cents, 0)))
    from payments p left join sold s on s.payment_id = p.id left join back b on b.payment_id = p.id
    where p.status = 'paid'
        and not exists (select 1 from disputes d where d.payment_id = p.id and d.status = 'lost')
        and (s.payment_id is null or s.unsold > 0 or s.refunded <> coalesce(b.cents, 0))
"""

UNRELEASED = f"""
    select 'session', b.id, b.status, b.outcome, 'frozen', b.frozen_at is not null,
        'disputed', p.disputed_at is not null, 'available', p.available_on <= {NOW}
    from bookings b join payments p on p.id = b.payment_id
    where b.status in ('completed', 'cancelled') and b.confirmed_at is not null and b.released_at is null
        and b.refunded_cents < b.price_cents and p.status = 'paid'
        and b.ends_at + (b.policy ->> 'dispute_window_hours')::int * interval '1 hour' <= {NOW} - interval '1 hour'
        and not exists (select 1 from disputes d where d.payment_id = p.id and d.status = 'lost')
    union all
    select 'overrun', o.id, o.status, b.status, 'frozen', b.frozen_at is not null,
        'disputed', p.disputed_at is not null, 'available', p.available_on <= {NOW}
    from overruns o join payments p on p.id = o.payment_id join bookings b on b.id = o.booking_id
    where o.status = 'paid' and o.released_at is null and o.refunded_cents < o.price_cents
        and b.ends_at + (b.policy ->> 'dispute_window_hours')::int * interval '1 hour' <= {NOW} - interval '4 days'
        and not exists (select 1 from disputes d where d.payment_id = p.id and d.status = 'lost')
    union all
    select 'written answer', a.id, a.status, 'delivered', 'frozen', a.frozen_at is not null,
        'disputed', p.disputed_at is not null, 'available', p.available_on <= {NOW}
    from written_answers a join payments p on p.id = a.payment_id
    where a.status = 'delivered' and a.released_at is null and a.refunded_cents < a.price_cents
        and greatest(a.delivered_at, a.follow_up_at) + interval '7 days' <= {NOW} - interval '1 day'
        and not exists (select 1 from disputes d where d.payment_id = p.id and d.status = 'lost')
"""

SENDING = "select 'payout', id, status, attempt, coalesce(reason::text, '') from payouts where status = 'sending'"

IN_TRANSIT = """
    select e.currency, sum(case when c.name = 'in_transit' then e.cents else -e.cents end) as cents
    from ledger_entries e
    join ledger_accounts d on d.id = e.debit_id join ledger_accounts c on c.id = e.credit_id
    where 'in_transit' in (d.name, c.name)
    group by e.currency
    having sum(case when c.name = 'in_transit' then e.cents else -e.cents end) <> 0
"""

# A series is told of by its first session, so only single sessions are looked at.
LAST_WORD_IS_WRONG = """
    with told as (
        select distinct on (b.id) b.id, b.status, b.confirmed_at, split_part(m.key, ':', 1) as fact
        from bookings b join messages m on split_part(m.key, ':', 2) = b.id::text
            and split_part(m.key, ':', 4) = b.mentee_id::text
        where b.series_id is null and (
            split_part(m.key, ':', 1) in (
                'requested', 'confirmed', 'moved', 'declined', 'lapsed', 'cancelled', 'late', 'completed',
                'no-show-settled'
            )
            -- That the mentee did not come is told each time that it is said.
            or split_part(m.key, ':', 1) ~ '^no-show-[0-9]+$'
        )
        order by b.id, m.id desc
    )
    select 'session', id, status, 'and the last mail says', fact from told
    where not case status
        when 'confirmed' then fact in ('confirmed', 'moved')
        when 'completed' then fact in ('completed', 'no-show-settled') or fact ~ '^no-show-[0-9]+$'
        when 'cancelled' then fact in ('cancelled', 'late', 'no-show-settled')
            or (confirmed_at is null and fact = 'requested')
        when 'expired' then fact in ('lapsed', 'late')
        when 'declined' then fact in ('declined', 'late')
        else true
    end
"""

UNSENT_MAILS = "select id, status, subject, coalesce(error, 'no error') from messages where status <> 'sent'"

SENT_MAILS = "select id, key from messages where status = 'sent'"
