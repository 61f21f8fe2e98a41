"""What must be true of coupons."""

from marketplace.bookings import rules as booking_rules
from marketplace.invariants.rules.invariant import Invariant
from marketplace.languages import lazy_gettext as _l
from marketplace.payments import rules as payment_rules
from marketplace.session_credits import rules as credit_rules

INVARIANTS = (
    Invariant(
        "coupons_keep_their_limits",
        _l("No coupon is in use more often than it says, in all and by one mentee."),
        """
with used as (
    select b.coupon_id, b.mentee_id, max(b.created_at) as since, count(*) as uses
    from bookings b left join payments p on p.id = b.payment_id
    left join lateral (select exists (select from booking_losses l where l.booking_id = b.id) as lost) l on true
    where b.coupon_id is not null and (
        b.status in :booked
        or (b.status = 'held' and b.hold_expires_at > :now)
        or (b.status in :unpaid and (p.status in :undecided
            or (p.status = 'paid' and (b.refunded_cents = 0 or l.lost))))
        or (b.status = 'cancelled' and p.status = 'paid' and (b.refunded_cents < b.price_cents or l.lost)))
    group by b.coupon_id, b.mentee_id
)
select 'coupon' as kind, c.id::text as id, format('is in use %s times of %s', sum(u.uses), c.uses_at_most) as said,
    max(u.since) as since
from coupons c join used u on u.coupon_id = c.id
group by c.id having sum(u.uses) > c.uses_at_most
union all
select 'coupon', c.id::text, format('is in use %s times of %s by one mentee', u.uses, c.uses_each_at_most), u.since
from coupons c join used u on u.coupon_id = c.id where u.uses > c.uses_each_at_most
""",
        states={"booked": booking_rules.BOOKED, "unpaid": booking_rules.UNPAID, "undecided": payment_rules.UNDECIDED},
    ),
    Invariant(
        "intros_count_once",
        _l("A paid first session is taken off one later session of the same two at most, and no more than it cost."),
        """
with sold as (
    select 'booking' as kind, id, credit_for as intro_id, credit_cents as cents, coach_id, mentee_id, currency,
        created_at, status in :agreed as agreed
    from bookings where credit_for is not null
    union all
    select 'session credit', id, intro_id, intro_cents, coach_id, mentee_id, currency, created_at, status in :bought
    from session_credits where intro_id is not null
)
select 'booking' as kind, i.id::text as id, format('counts for %s sessions', count(*)) as said,
    max(s.created_at) as since
from sold s join bookings i on i.id = s.intro_id where s.agreed
group by i.id having count(*) > 1
union all
select s.kind, s.id::text, 'a first session is taken off that is none of these two, or cost less', s.created_at
from sold s join bookings i on i.id = s.intro_id
where not i.intro or i.coach_id <> s.coach_id or i.mentee_id <> s.mentee_id or i.currency <> s.currency
    or s.cents > i.price_cents
""",
        states={"agreed": booking_rules.AGREED, "bought": credit_rules.FULL_SESSION - {credit_rules.UNPAID}},
        whole=True,
    ),
    Invariant(
        "discounts_are_what_the_coupon_says",
        _l("What was taken off a session is no more than a coupon of its coach says."),
        """
select 'booking' as kind, b.id::text as id,
    format('%s were taken off by %s, which says otherwise', b.discount_cents, b.coupon_code) as said,
    b.created_at as since
from bookings b join coupons c on c.id = b.coupon_id
where c.coach_id <> b.coach_id or c.code <> b.coupon_code or c.currency <> b.currency
    or (cardinality(c.offering_ids) > 0 and not b.offering_id = any(c.offering_ids))
    or b.discount_cents > coalesce(c.amount_cents, ceil((b.price_cents + b.discount_cents) * c.percent / 100.0))
""",
        whole=True,
    ),
)
