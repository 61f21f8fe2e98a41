"""Queries on asks and what follows of them, on the settled database."""

from devtools.chaos.queries import NOW

# After its time an ask has an answer or an end, and what was offered for it was paid, or is over.
STRAY_ASKS = f"""
    select 'ask', id::text, status, 'until', answer_by from asks
    where status = 'open' and answer_by <= {NOW} - interval '1 hour'
    union all
    select 'quote', id::text, status, 'until', valid_until from quotes
    where status = 'sent' and valid_until <= {NOW} - interval '1 hour'
    union all
    select 'quote', q.id::text, q.status, 'whose session is over', b.ends_at
    from quotes q join bookings b on b.id = q.booking_id
    where q.status = 'held' and b.status <> 'held'
    union all
    select 'quote', q.id::text, q.status, 'whose answer or credit is over', q.valid_until
    from quotes q left join written_answers a on a.id = q.written_answer_id
    left join session_credits c on c.id = q.credit_id
    where q.status = 'held' and q.booking_id is null and coalesce(a.status, c.status) <> 'unpaid'
    union all
    select 'invitation', id::text, status, 'since', starts_at from invitations
    where status in ('waiting', 'quoted') and not recurs and starts_at <= {NOW} - interval '1 day'
    union all
    select 'queue place', id::text, status, 'until', lapses_at from ask_queue_places
    where status = 'waiting' and lapses_at <= {NOW} - interval '1 hour'
    union all
    select 'ask', a.id::text, a.status, 'and nothing is offered for it since', a.sent_at from asks a
    where a.status = 'quoted'
        and not exists (select from quotes q where q.ask_id = a.id and q.status in ('sent', 'held'))
        and not exists (select from grants g where g.ask_id = a.id and g.status in ('offered', 'booked'))
"""

# What was bought beside sessions is paid for, used, written, answered, or over.
STRAY_PURCHASES = f"""
    select 'credit', id::text, status, 'until', coalesce(expires_at, pay_until) from session_credits
    where (status = 'unpaid' and pay_until <= {NOW} - interval '1 hour')
        or (status = 'open' and expires_at <= {NOW} - interval '1 hour')
    union all
    select 'written answer', id::text, status, 'until', deliver_by from written_answers
    where (status = 'unpaid' and pay_until <= {NOW} - interval '1 hour')
        or (status = 'ordered' and deliver_by <= {NOW} - interval '1 hour')
        or (status = 'submitted' and submitted_at <= {NOW} - interval '14 hours')
    union all
    select 'report of a written answer', id::text, status, 'until', answer_by from written_answer_reports
    where status = 'open' and answer_by <= {NOW} - interval '1 hour'
    union all
    select 'free session', id::text, status, 'until', valid_until from grants
    where status = 'offered' and valid_until <= {NOW} - interval '1 hour'
    union all
    select 'overrun', id::text, status, 'until', lapses_at from overruns
    where status in ('proposed', 'accepted') and lapses_at <= {NOW} - interval '1 hour'
"""

# Everything that was held for a quote, whatever came of it, and what was agreed of that: for an ask, one thing.
QUOTES_PAID_TWICE = """
    with held as (
        select distinct q.id as quote_id, q.ask_id, e.details
        from audit_entries e join quotes q on q.id::text = e.subject_id where e.action = 'quote.held'
    ), sold as (
        select h.quote_id, h.ask_id, b.id from held h join bookings b on b.id::text = h.details ->> 'booking_id'
        where b.confirmed_at is not null
        union
        select h.quote_id, h.ask_id, a.id from held h
        join written_answers a on a.id::text = h.details ->> 'written_answer_id' where a.ordered_at is not null
        union
        select h.quote_id, h.ask_id, c.id from held h
        join session_credits c on c.id::text = h.details ->> 'credit_id' where c.paid_at is not null
    )
    select 'quote', quote_id::text, 'was paid for', count(distinct id), 'times' from sold
    group by quote_id having count(distinct id) > 1
    union all
    select 'ask', ask_id::text, 'was sold', count(distinct id), 'times' from (
        select ask_id, quote_id as id from sold union select ask_id, id from grants where status = 'booked'
    ) agreed group by ask_id having count(distinct id) > 1
    union all
    select 'quote', q.id::text, 'is paid and nothing was sold', 1, '' from quotes q
    where q.status = 'paid' and not exists (select from sold s where s.quote_id = q.id)
"""

# What a coach took back is taken back once, in minutes and in value.
TAKEN_BACK_WRONGLY = """
    select 'entry', e.id, e.minutes, 'minutes and taken back', sum(r.minutes), count(*), 'times'
    from unpaid_entries e join unpaid_entries r on r.reverses_id = e.id
    group by e.id, e.minutes, e.value_cents
    having count(*) > 1 or sum(r.minutes) <> -e.minutes or sum(r.value_cents) <> -e.value_cents
"""

# Minutes of free sessions in one month of the coach's calendar, and the most that the coach ever chose to give.
BUDGET_OVERSPENT = """
    select 'coach', e.coach_id, to_char(e.day, 'YYYY-MM'), 'gave', sum(e.minutes), 'of', coalesce(max(chosen.most), 0)
    from grants g join unpaid_entries e on e.id = g.entry_id
    left join (
        select subject_id, max((details ->> 'minutes')::int) as most from audit_entries
        where action = 'pro_bono.budget_changed' group by subject_id
    ) chosen on chosen.subject_id = e.coach_id::text
    where g.status in ('offered', 'booked')
    group by e.coach_id, to_char(e.day, 'YYYY-MM') having sum(e.minutes) > coalesce(max(chosen.most), 0)
"""

# The event that an organiser's calendar has is that of the session.
INVITED_TO_ANOTHER = """
    select 'invitation', i.id, i.uid, 'is paid, and its session is', coalesce(b.calendar_uid, 'none')
    from invitations i
    left join quotes q on q.ask_id = i.ask_id and q.status = 'paid' left join bookings b on b.id = q.booking_id
    where i.status = 'accepted' and b.calendar_uid is distinct from i.uid
"""

# Who said that an earlier answer was enough is counted once, and each side says once what a session was.
SAID_TWICE = """
    select 'earlier answer', coalesce(published_answer_id, shelf_item_id), 'counts', count(*), 'times for', user_id
    from deflections group by coalesce(published_answer_id, shelf_item_id), user_id having count(*) > 1
"""

# A quote for an invitation is taken back by its coach, or by the meeting's change or calling off, also in the moment in
# which it is over: nobody else need be told that.
UNTOLD_ASKS = """
    select 'ask', a.id, a.status, 'and nobody was told' from asks a
    where a.status in ('answered', 'declined', 'withdrawn', 'lapsed')
        and not exists (
            select from messages m where m.key in (
                case a.status when 'withdrawn' then 'ask-withdrawn:' else 'ask_' || a.status || ':' end || a.id
            ) or (a.status = 'lapsed' and m.key in (
                select 'quote-over:' || q.id from quotes q where q.ask_id = a.id
                union all
                select 'grant_over:' || g.id from grants g where g.ask_id = a.id
                union all
                select 'invitation-declined:' || i.id from invitations i where i.ask_id = a.id
            ))
        )
        and not (a.origin = 'invitation' and exists (
            select from audit_entries e
            where e.subject_id = a.id::text and e.action = 'ask.withdrawn' and e.actor_id is distinct from a.asker_id
        ))
        and not (a.origin = 'invitation' and a.status = 'lapsed' and not exists (
            select from invitations i where i.ask_id = a.id and i.status <> 'cancelled'
        ))
"""
