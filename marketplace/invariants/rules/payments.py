"""Invariants of payments, refunds, disputes and payouts."""

from datetime import timedelta

from marketplace.bookings import rules as booking_rules
from marketplace.invariants.rules.invariant import Invariant
from marketplace.languages import lazy_gettext as _l
from marketplace.payments import rules as payment_rules
from marketplace.payouts.rules import states as payout_states
from marketplace.session_credits import rules as credit_rules
from marketplace.written_answers import rules as answer_rules

INVARIANTS = (
    Invariant(
        "refunds_within_payment",
        _l("Never is more refunded than was paid, and nothing of what was not paid."),
        """
select 'payment' as kind, p.id::text as id,
    format('%s of %s %s, of which %s is refunded', p.status, p.amount_cents, p.currency, sum(r.amount_cents)) as said,
    null::timestamptz as since
from refunds r join payments p on p.id = r.payment_id
where r.status not in :not_refunded
group by p.id having p.status <> 'paid' or sum(r.amount_cents) > p.amount_cents
""",
        whole=True,
        states={"not_refunded": payment_rules.NOT_REFUNDED},
    ),
    Invariant(
        "refunds_match_bookings",
        _l("What a session says was refunded is what its refunds and lost disputes come to."),
        """
with decided as (
    select payment_id, sum(amount_cents) as cents from refunds where key not like 'again:%' group by payment_id
), taken as (
    -- What a lost dispute paid of refunds that waited for it is among the refunds already.
    select payment_id, greatest(0, amount_cents - coalesce((
        select sum(r.amount_cents + r.tax_cents) from refunds r
        where r.payment_id = d.payment_id and r.status in :paid_by_dispute), 0)) as cents
    from disputes d where status in :lost
), taxed as (
    -- Tax that was laid on the price is no session's: what of it falls on a dispute, as far as it was not refunded.
    select p.id, p.amount_cents, p.tax_cents, p.tax_cents - coalesce(sum(r.tax_cents), 0) as left_cents
    from payments p left join refunds r on r.payment_id = p.id and r.status <> 'failed' group by p.id
), lost as (
    select d.payment_id, sum(d.cents - least(t.left_cents,
        ceil(d.cents::numeric * t.tax_cents / (t.amount_cents + t.tax_cents) - 0.5)))::bigint as cents
    from taken d join taxed t on t.id = d.payment_id group by d.payment_id
), said as (
    select payment_id, sum(refunded_cents) as cents from bookings where payment_id is not null group by payment_id
    union all
    select payment_id, refunded_cents from overruns where payment_id is not null
    union all
    select payment_id, refunded_cents from written_answers where payment_id is not null
    union all
    select payment_id, refunded_cents from session_credits where payment_id is not null and status in :not_used
)
select 'payment' as kind, p.id::text as id,
    format('its sessions say %s, refunds are %s, lost disputes %s', s.cents, coalesce(d.cents, 0), coalesce(l.cents, 0))
        as said,
    p.paid_at as since
from payments p
join said s on s.payment_id = p.id
left join decided d on d.payment_id = p.id
left join lost l on l.payment_id = p.id
where p.status = 'paid'
    and s.cents <> least(p.amount_cents, coalesce(d.cents, 0) + coalesce(l.cents, 0))
""",
        timedelta(minutes=10),
        whole=True,
        states={
            "paid_by_dispute": payment_rules.PAID_BY_DISPUTE,
            "lost": payment_rules.LOST_DISPUTES,
            "not_used": credit_rules.WITHOUT_SESSION,
        },
    ),
    Invariant(
        "money_buys_a_session",
        _l("Whatever was paid bought a session, or is refunded."),
        """
with sold as (
    select payment_id, max(ended_at) as ended_at, coalesce(sum(price_cents) filter (
        where status in :called_off and confirmed_at is null), 0) as unsold
    from bookings where payment_id is not null group by payment_id
    union all
    select payment_id, ended_at, 0 from overruns where status = 'paid'
    union all
    select payment_id, ended_at, case when status in :answers_called_off then price_cents else 0 end
    from written_answers where payment_id is not null
    union all
    select payment_id, ended_at, case when status in :credits_called_off then price_cents else 0 end
    from session_credits where payment_id is not null and status in :credits_not_used
), decided as (
    select payment_id, sum(amount_cents) as cents from refunds where key not like 'again:%' group by payment_id
)
select 'payment' as kind, p.id::text as id,
    format('%s %s bought nothing, %s is refunded', coalesce(s.unsold, p.amount_cents), p.currency, coalesce(d.cents, 0))
        as said,
    greatest(p.paid_at, s.ended_at) as since
from payments p
left join sold s on s.payment_id = p.id
left join decided d on d.payment_id = p.id
where p.status = 'paid' and coalesce(s.unsold, p.amount_cents) > coalesce(d.cents, 0)
""",
        timedelta(minutes=10),
        whole=True,
        states={
            "called_off": booking_rules.CALLED_OFF,
            "answers_called_off": answer_rules.CALLED_OFF,
            "credits_called_off": credit_rules.CALLED_OFF,
            "credits_not_used": credit_rules.WITHOUT_SESSION,
        },
    ),
    Invariant(
        "refunds_are_sent",
        _l("A refund that was decided is asked of Stripe."),
        """
select 'payment' as kind, payment_id::text as id, format('refund %s of %s waits', id, amount_cents) as said,
    intended_at as since
from refunds where status = 'intended'
""",
        timedelta(minutes=15),
    ),
    Invariant(
        "checkouts_end",
        _l("No payment waits for an answer of Stripe that never names its page."),
        """
select 'payment' as kind, id::text as id, 'no page of Stripe is known' as said,
    greatest(checkout_expires_at, payable_until) as since
from payments where status = 'pending' and checkout_id is null
""",
        timedelta(minutes=15),
    ),
    Invariant(
        "paid_is_settled",
        _l("Stripe tells what every payment came to in our balance, so that its coach can be paid."),
        """
select 'payment' as kind, id::text as id,
    format('%s %s paid, and no fee or day is known', amount_cents, currency) as said, paid_at as since
from payments where status = 'paid' and (fee_cents is null or available_on is null)
""",
        timedelta(days=1),
    ),
    Invariant(
        "authorisations_end",
        _l("Money held on a card is taken or let go in time."),
        """
with sessions as (
    select payment_id, max(ended_at) as ended_at, bool_or(status in :claiming) as claims
    from bookings where payment_id is not null group by payment_id
    union all
    select payment_id, ended_at, status in :answers_claiming from written_answers where payment_id is not null
)
select 'payment' as kind, p.id::text as id,
    format('held on the card until %s, %s', p.capture_before,
        case when p.capture_wanted_at is not null then 'approved and not taken'
            when not a.claims then 'nothing is asked for any more' else 'past its time' end) as said,
    least(p.capture_before, p.capture_wanted_at, case when not a.claims then a.ended_at end) as since
from payments p left join sessions a on a.payment_id = p.id
where p.status = 'authorized'
    and least(p.capture_before, p.capture_wanted_at, case when not a.claims then a.ended_at end) is not null
""",
        timedelta(minutes=15),
        states={"claiming": booking_rules.CLAIMING, "answers_claiming": answer_rules.CLAIMING},
    ),
    Invariant(
        "payouts_leave",
        _l("A payout that is being sent arrives or is returned."),
        """
select 'payout' as kind, id::text as id, format('%s %s, try %s', amount_cents, currency, attempt) as said,
    tried_at as since
from payouts where status = 'sending' and rail = 'stripe'
""",
        timedelta(minutes=15),
    ),
    Invariant(
        "manual_transfers_are_made",
        _l("A payout that a person is to transfer is marked as sent, or as returned, within a week."),
        """
select 'payout' as kind, id::text as id, format('%s %s for a manual transfer', amount_cents, currency) as said,
    tried_at as since
from payouts where status = 'sending' and rail = 'manual'
""",
        timedelta(days=7),
    ),
    Invariant(
        "every_payout_once",
        _l("A coach has one open payout in a currency at most, and no transfer of Stripe pays two."),
        """
select 'coach' as kind, coach_id::text as id, format('%s open payouts in %s', count(*), currency) as said,
    null::timestamptz as since
from payouts where status in :open
group by coach_id, currency having count(*) > 1
union all
select 'payout', max(id::text), format('%s payouts by the one transfer %s', count(*), stripe_id), null
from payouts where stripe_id is not null group by stripe_id having count(*) > 1
""",
        states={"open": payout_states.OPEN},
    ),
    Invariant(
        "never_released_while_disputed",
        _l("Nothing is released to a coach while a bank, the mentee or the coach disputes it."),
        """
select 'booking' as kind, b.id::text as id,
    case when b.frozen_at is not null then 'mentee and coach do not agree' else 'the bank disputes it' end as said,
    b.released_at as since
from bookings b join payments p on p.id = b.payment_id
where b.released_at is not null and (b.frozen_at is not null or p.disputed_at < b.released_at)
union all
select 'written answer', a.id::text, 'it is reported, or the bank disputes it', a.released_at
from written_answers a join payments p on p.id = a.payment_id
where a.released_at is not null and (a.frozen_at is not null or p.disputed_at < a.released_at)
""",
        whole=True,
    ),
    Invariant(
        "disputed_earnings_are_aside",
        _l("What was released and is disputed has left the coach's balance."),
        """
select 'booking' as kind, b.id::text as id, format('dispute %s', d.stripe_id) as said,
    d.opened_at as since
from disputes d
join bookings b on b.payment_id = d.payment_id and b.released_at is not null
left join ledger_entries e on e.key = format('dispute-reserve:%s:%s', d.id, b.id)
where d.status in :open and e.id is null
    and b.price_cents > b.refunded_cents and b.fee_basis_points < 10000
union all
select 'written answer', a.id::text, format('dispute %s', d.stripe_id), d.opened_at
from disputes d
join written_answers a on a.payment_id = d.payment_id and a.released_at is not null
left join ledger_entries e on e.key = format('dispute-reserve:%s:%s', d.id, a.id)
where d.status in :open and e.id is null
    and a.price_cents > a.refunded_cents and a.fee_basis_points < 10000
""",
        timedelta(minutes=15),
        states={"open": payment_rules.OPEN_DISPUTES},
    ),
)
