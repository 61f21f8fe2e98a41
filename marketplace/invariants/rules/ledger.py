"""Invariants of the ledger: it says what the rows of bookings, refunds and payouts say."""

from marketplace.invariants.rules.invariant import Invariant
from marketplace.languages import lazy_gettext as _l
from marketplace.payments import rules as payment_rules
from marketplace.payouts.rules import states as payout_states
from marketplace.session_credits import rules as credit_rules

INVARIANTS = (
    Invariant(
        "ledger_sums_to_zero",
        _l("In each currency all debits come to what all credits come to."),
        """
select 'currency' as kind, currency as id, format('debits %s, credits %s', sum(debit), sum(credit)) as said,
    null::timestamptz as since
from balances group by currency having sum(debit) <> sum(credit)
""",
    ),
    Invariant(
        "no_entry_between_currencies",
        _l("No entry moves money from one currency into another."),
        """
select 'entry' as kind, e.id::text as id,
    format('%s: %s booked between %s and %s', e.key, e.currency, d.currency, c.currency) as said,
    e.booked_at as since
from ledger_entries e
left join ledger_accounts d on d.id = e.debit_id
left join ledger_accounts c on c.id = e.credit_id
where (d.currency, c.currency) is distinct from (e.currency, e.currency)
""",
        whole=True,
    ),
    Invariant(
        "coach_balance_is_earned",
        _l("A coach's balance is what was released to the coach, less payouts and what disputes took."),
        """
with parts as (
    select whose as coach_id, currency, credit - debit as held, 0::numeric as earned
    from balances where kind in ('coach', 'coach_reserve')
    union all
    -- As bookings.earnings.rules.earned splits it: the odd cent is the coach's,
    -- and what one side alone refunded counts as kept.
    select b.coach_id::text, b.currency, 0,
        greatest(0, kept.cents - (kept.cents * b.fee_basis_points + 4999) / 10000 - b.coach_paid_cents)
    from bookings b cross join lateral (
        values (b.price_cents - b.refunded_cents + b.platform_paid_cents + b.coach_paid_cents)) as kept (cents)
    where b.released_at is not null
    union all
    select coach_id::text, currency, 0,
        (price_cents - refunded_cents) - ((price_cents - refunded_cents) * fee_basis_points + 4999) / 10000
    from written_answers where released_at is not null
    union all
    select b.coach_id::text, o.currency, 0, (o.price_cents - o.refunded_cents)
        - ((o.price_cents - o.refunded_cents) * o.fee_basis_points + 4999) / 10000
    from overruns o join bookings b on b.id = o.booking_id where o.released_at is not null
    union all
    select coach_id::text, currency, 0, -amount_cents
    from payouts where status in :taken
    union all
    select p.coach_id::text, p.currency, 0, e.cents
    from payouts p join ledger_entries e on e.subject_id = p.id where e.key like 'payout-reversed:%'
)
select 'coach' as kind, coach_id as id,
    format('the ledger has %s %s, earned and not paid out are %s', sum(held), currency, sum(earned)) as said,
    null::timestamptz as since
from parts group by coach_id, currency having sum(held) <> sum(earned)
""",
        whole=True,
        states={"taken": payout_states.TAKEN_FROM_BALANCE},
    ),
    Invariant(
        "sessions_owed_is_unsettled",
        _l("What the ledger owes for sessions is what was paid for and neither released nor refunded."),
        """
with refunded as (
    select payment_id, coalesce(sum(amount_cents) filter (where key not like 'again:%'), 0) as decided,
        coalesce(sum(amount_cents) filter (
            where status = 'covered' or (
                status <> 'failed' and exists (select from ledger_entries where key = 'refund:' || refunds.id)
            ) or (
                exists (select from ledger_entries where key = 'refund-by-bank:' || refunds.id)
                and not exists (select from ledger_entries where key = 'refund-not-by-bank:' || refunds.id))
        ), 0) as gone
    from refunds group by payment_id
), unreleased as (
    select payment_id, sum(cents) as cents from (
        select payment_id, price_cents - refunded_cents as cents from bookings where released_at is null
        union all
        select payment_id, price_cents - refunded_cents from overruns where released_at is null
        union all
        select payment_id, price_cents - refunded_cents from written_answers where released_at is null
        union all
        select payment_id, price_cents - refunded_cents from session_credits where status in :credits_not_used
    ) as kept where payment_id is not null group by payment_id
), subjects as (
    select subject_id as id, id as payment_id from payments
    union select id, payment_id from bookings where payment_id is not null
), owed as (
    select s.payment_id, sum(case when a.id = e.credit_id then e.cents else -e.cents end) as cents
    from ledger_accounts a
    join ledger_entries e on a.id in (e.credit_id, e.debit_id)
    left join subjects s on s.id = e.subject_id
    where a.name = 'sessions_owed' group by s.payment_id
), expected as (
    select p.id as payment_id, coalesce(u.cents, 0) + coalesce(r.decided, 0) - coalesce(r.gone, 0) as cents
    from payments p
    left join unreleased u on u.payment_id = p.id
    left join refunded r on r.payment_id = p.id
    where p.status = 'paid'
)
select 'payment' as kind, coalesce(payment_id::text, 'no payment') as id,
    format('the ledger owes %s, not released and not refunded are %s', coalesce(o.cents, 0), coalesce(x.cents, 0))
        as said,
    null::timestamptz as since
from owed o full join expected x using (payment_id)
where coalesce(o.cents, 0) <> coalesce(x.cents, 0)
""",
        whole=True,
        states={"credits_not_used": credit_rules.WITHOUT_SESSION},
    ),
    Invariant(
        "tax_owed_is_not_given_back",
        _l("The tax that the ledger owes is what was paid on top of prices, less what was refunded or lost."),
        """
with refunded as (
    select payment_id, sum(tax_cents) as cents from refunds
    where status = 'covered' or (
        status <> 'failed' and exists (select from ledger_entries where key = 'refund:' || refunds.id)
    ) group by payment_id
), lost as (
    -- What of a dispute is tax depends on what had gone back by then, so its own entry says it.
    select d.payment_id, sum(e.cents) as cents
    from disputes d join ledger_entries e on e.key = 'dispute-tax:' || d.id
    where d.status in :lost group by d.payment_id
), owed as (
    select p.id as payment_id, sum(case when a.id = e.credit_id then e.cents else -e.cents end) as cents
    from ledger_accounts a
    join ledger_entries e on a.id in (e.credit_id, e.debit_id)
    left join payments p on p.subject_id = e.subject_id
    where a.name = 'tax_owed' group by p.id
), expected as (
    select p.id as payment_id, p.tax_cents - coalesce(r.cents, 0) - coalesce(l.cents, 0) as cents
    from payments p
    left join refunded r on r.payment_id = p.id
    left join lost l on l.payment_id = p.id
    where p.status = 'paid'
)
select 'payment' as kind, coalesce(payment_id::text, 'no payment') as id,
    format('the ledger owes %s of tax, not refunded are %s', coalesce(o.cents, 0), coalesce(x.cents, 0)) as said,
    null::timestamptz as since
from owed o full join expected x using (payment_id)
where coalesce(o.cents, 0) <> coalesce(x.cents, 0)
""",
        whole=True,
        states={"lost": payment_rules.LOST_DISPUTES},
    ),
    Invariant(
        "in_transit_is_being_sent",
        _l("What is in transit is what payouts are sending."),
        """
with parts as (
    select currency, credit - debit as ledger, 0::numeric as sending from balances where name = 'in_transit'
    union all
    select currency, 0, amount_cents from payouts where status = 'sending'
)
select 'account' as kind, 'in_transit' as id,
    format('the ledger has %s %s, payouts send %s', sum(ledger), currency, sum(sending)) as said,
    null::timestamptz as since
from parts group by currency having sum(ledger) <> sum(sending)
""",
    ),
    Invariant(
        "paid_is_booked",
        _l("Every payment that was paid stands in the ledger with its whole amount."),
        """
select 'payment' as kind, p.id::text as id,
    format('paid %s %s, booked %s', p.amount_cents, p.currency, coalesce(e.cents, 0)) as said, p.paid_at as since
from payments p left join ledger_entries e on e.key = 'paid:' || p.id
where p.status = 'paid' and (e.cents, e.currency) is distinct from (p.amount_cents, p.currency)
""",
        whole=True,
    ),
    Invariant(
        "converted_is_exchanged",
        _l(
            "What Stripe converted stands in the exchange account with what left one currency "
            "and what came in the other."
        ),
        """
with converted (kind, id, fact, cents, currency, settled_cents, settled_currency) as (
    select 'payment', id::text, id::text, amount_cents + tax_cents, currency, settled_cents, settled_currency
    from payments where status = 'paid'
    union all
    select 'refund', r.id::text, 'refund:' || r.id, r.amount_cents + r.tax_cents, p.currency, r.settled_cents,
        r.settled_currency
    from refunds r join payments p on p.id = r.payment_id
    union all
    select 'payout', id::text, format('payout:%s:%s', id, attempt), amount_cents, currency, sent_cents, sent_currency
    from payouts where status in :arrived and rail = 'stripe'
)
select c.kind, c.id, format('%s %s are %s %s at Stripe, the exchange has %s and %s', c.cents, c.currency,
    c.settled_cents, c.settled_currency, coalesce(f.cents, 0), coalesce(i.cents, 0)) as said, null::timestamptz as since
from converted c
left join ledger_entries f on f.key = 'exchange-from:' || c.fact
left join ledger_entries i on i.key = 'exchange-into:' || c.fact
where c.settled_currency <> c.currency
    and (f.cents, f.currency, i.cents, i.currency) is distinct from
        (c.cents, c.currency, c.settled_cents, c.settled_currency)
""",
        whole=True,
        states={"arrived": payout_states.SENT},
    ),
    Invariant(
        "payout_lines_make_the_payout",
        _l(
            "Every payout is made of entries of its coach's account, each in one payout alone, "
            "which come to its amount."
        ),
        """
with made as (
    select p.id, p.amount_cents, p.status, coalesce(sum(l.cents), 0) as cents, count(l.position) as lines,
        coalesce(bool_and(l.live), false) as all_live, coalesce(bool_or(l.live), false) as any_live
    from payouts p left join payout_lines l on l.payout_id = p.id group by p.id
)
select 'payout' as kind, id::text as id, format('%s, of %s its lines come to %s', status, amount_cents, cents) as said,
    null::timestamptz as since
from made where cents <> amount_cents and (lines > 0 or status not in :not_sent)
union all
select 'payout', id::text, format('%s, and its lines say otherwise', status), null
from made where lines > 0
    and (all_live, any_live) <> (status not in :not_sent, status not in :not_sent)
union all
select 'entry', entry_id::text, format('in %s payouts', count(*)), null
from payout_lines where live and entry_id is not null group by entry_id having count(*) > 1
union all
select 'payout', p.id::text, format('%s of entry %s, another''s or of another sum', l.cents, l.entry_id), null
from payout_lines l
join payouts p on p.id = l.payout_id
left join ledger_entries e on e.id = l.entry_id
left join ledger_accounts a on a.name = 'coach:' || p.coach_id and a.currency = p.currency
where l.entry_id is not null
    and l.cents is distinct from case a.id when e.credit_id then e.cents when e.debit_id then -e.cents end
""",
        whole=True,
        states={"not_sent": payout_states.NOT_SENT},
    ),
    Invariant(
        "reversals_are_booked",
        _l("What was reversed of a payout is booked with its whole amount, and is never more than the payout."),
        """
select 'payout' as kind, r.payout_id::text as id,
    format('reversed %s as %s, booked %s', r.cents, r.stripe_id, coalesce(e.cents, 0)) as said, r.made_at as since
from payout_reversals r left join ledger_entries e on e.key = 'payout-reversed:' || r.stripe_id
where r.status = 'made' and (e.cents, e.subject_id) is distinct from (r.cents, r.payout_id)
union all
select 'payout', p.id::text, format('%s of %s was returned', sum(e.cents), p.amount_cents), null
from payouts p join ledger_entries e on e.subject_id = p.id
where e.key like 'payout-reversed:%' group by p.id having sum(e.cents) > p.amount_cents
""",
        whole=True,
    ),
    Invariant(
        "payouts_are_booked",
        _l("Every payout left its coach's balance once, and our own once it had arrived."),
        """
with booked as (
    select p.id, p.status, p.sent_at,
        count(*) filter (where e.key like 'payout-sent:%')
            - count(*) filter (where e.key like 'payout-returned:%') as sent,
        count(*) filter (where e.key like 'payout-arrived:%') as arrived
    from payouts p left join ledger_entries e on e.subject_id = p.id group by p.id
)
select 'payout' as kind, id::text as id, format('%s, left %s times, arrived %s times', status, sent, arrived) as said,
    null::timestamptz as since
from booked
where sent <> (status in :taken)::int or arrived <> (status in :arrived)::int
""",
        whole=True,
        states={"taken": payout_states.TAKEN_FROM_BALANCE, "arrived": payout_states.SENT},
    ),
)
