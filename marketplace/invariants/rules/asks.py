"""What must be true of asks."""

from datetime import timedelta

from marketplace.bookings import rules as booking_rules
from marketplace.invariants.rules.invariant import Invariant
from marketplace.languages import lazy_gettext as _l
from marketplace.session_credits import rules as credit_rules

INVARIANTS = (
    Invariant(
        "asks_end",
        _l("No ask waits longer than it says; unanswered, it lapses."),
        """
select 'ask' as kind, id::text as id, 'waits for its coach' as said, answer_by as since
from asks where status = 'open' and answer_by <= :now
""",
        timedelta(minutes=30),
    ),
    Invariant(
        "queues_move_in_order",
        _l("No place in a queue is kept longer than it says, and none is sent before those that came earlier."),
        """
select 'queue place' as kind, id::text as id, 'is kept too long' as said, lapses_at as since
from ask_queue_places where status = 'waiting' and lapses_at <= :now
union all
select 'queue place', sent.id::text, format('was sent before %s', earlier.id), sent.ended_at
from ask_queue_places sent join ask_queue_places earlier on earlier.coach_id = sent.coach_id
    and (earlier.joined_at, earlier.id) < (sent.joined_at, sent.id)
    and (earlier.ended_at is null or earlier.ended_at > sent.ended_at)
where sent.status = 'sent'
""",
        timedelta(minutes=30),
    ),
    Invariant(
        "quotes_are_paid_once",
        _l("For one ask one session is agreed at most, in the length and at the price of its quote."),
        """
select 'ask' as kind, q.ask_id::text as id, format('%s sessions are agreed', count(*)) as said,
    max(b.confirmed_at) as since
from quotes q join bookings b on b.id = q.booking_id where b.status in :agreed
group by q.ask_id having count(*) > 1
union all
select 'quote', q.id::text, 'its session has another length or price', b.created_at
from quotes q join bookings b on b.id = q.booking_id
where b.price_cents + b.discount_cents + b.credit_cents <> q.price_cents
    or b.ends_at - b.starts_at <> make_interval(mins => q.minutes)
""",
        states={"agreed": booking_rules.AGREED},
    ),
    Invariant(
        "quotes_follow_their_session",
        _l("A quote whose session is booked is paid, and one that nobody took in time is over."),
        """
select 'quote' as kind, q.id::text as id, 'its session is booked, and it is not paid' as said, b.confirmed_at as since
from quotes q join bookings b on b.id = q.booking_id where b.confirmed_at is not null and q.status <> 'paid'
union all
select 'quote', id::text, 'stands though its days are over', valid_until
from quotes where status = 'sent' and valid_until <= :now
union all
select 'quote', q.id::text, 'its written answer is ordered, and it is not paid', a.ordered_at
from quotes q join written_answers a on a.id = q.written_answer_id
where a.ordered_at is not null and q.status <> 'paid'
union all
select 'quote', q.id::text, 'its credit is paid for, and it is not paid', c.paid_at
from quotes q join session_credits c on c.id = q.credit_id
where c.paid_at is not null and q.status <> 'paid'
""",
        timedelta(minutes=30),
    ),
    Invariant(
        "invitations_end",
        _l("An invitation ends with its meeting or its ask, and a forwarded mail is read."),
        """
select 'invitation' as kind, id::text as id, 'waits though its meeting has begun' as said, starts_at as since
from invitations where status = 'waiting' and starts_at <= :now
union all
select 'invitation', i.id::text, 'is quoted though its ask has ended', a.ended_at
from invitations i join asks a on a.id = i.ask_id where i.status = 'quoted' and a.ended_at is not null
union all
select 'invitation', i.id::text, 'is paid for without a session', i.ended_at
from invitations i where i.status = 'accepted' and not exists (
    select from quotes q join bookings b on b.id = q.booking_id where q.ask_id = i.ask_id and b.confirmed_at is not null
)
union all
select 'received mail', id::text, 'is not read', received_at
from received_mails where status = 'waiting' and received_at <= :now
""",
        timedelta(minutes=30),
    ),
    Invariant(
        "written_answers_end",
        _l("A written answer is paid for, written and captured in time, or called off."),
        """
select 'written answer' as kind, id::text as id, 'is not paid for' as said, pay_until as since
from written_answers where status = 'unpaid' and pay_until <= :now
union all
select 'written answer', id::text, 'is not written', deliver_by
from written_answers where status = 'ordered' and deliver_by <= :now
union all
select 'written answer', id::text, 'is sent and not captured', submitted_at from written_answers
where status = 'submitted'
""",
        timedelta(hours=14),
    ),
    Invariant(
        "written_answers_are_paid_when_delivered",
        _l("What a mentee can read is paid for, at the price of its quote; for one ask one answer is ordered at most."),
        """
select 'written answer' as kind, a.id::text as id, format('delivered, its payment is %s', p.status) as said,
    a.delivered_at as since
from written_answers a left join payments p on p.id = a.payment_id
where a.delivered_at is not null
    and (p.status, p.amount_cents, p.currency) is distinct from ('paid', a.price_cents, a.currency)
union all
select 'quote', q.id::text, 'its written answer has another price', a.created_at
from quotes q join written_answers a on a.id = q.written_answer_id
where (a.price_cents, a.currency, a.minutes) is distinct from (q.price_cents, q.currency, q.minutes)
union all
select 'ask', q.ask_id::text, format('%s written answers are ordered', count(*)), max(a.ordered_at)
from quotes q join written_answers a on a.id = q.written_answer_id where a.ordered_at is not null
group by q.ask_id having count(*) > 1
""",
        whole=True,
    ),
    Invariant(
        "credits_end",
        _l("A session credit is paid for, used, or refunded in time."),
        """
select 'session credit' as kind, id::text as id, 'is not paid for' as said, pay_until as since
from session_credits where status = 'unpaid' and pay_until <= :now
union all
select 'session credit', c.id::text, 'is not scheduled and not refunded', c.expires_at
from session_credits c join payments p on p.id = c.payment_id
where c.status = 'open' and c.expires_at <= :now and p.disputed_at is null
""",
        timedelta(minutes=30),
    ),
    Invariant(
        "credits_are_in_one_place",
        _l("A session credit's money is owed, in one session, refunded or lost: in one place; it is used once."),
        """
select 'session credit' as kind, c.id::text as id, format('is %s, its payment is %s', c.status, p.status) as said,
    c.paid_at as since
from session_credits c left join payments p on p.id = c.payment_id
where c.paid_at is not null
    and (p.status, p.amount_cents, p.currency) is distinct from ('paid', c.price_cents, c.currency)
union all
select 'session credit', c.id::text, format('its payment pays for %s sessions', count(b.id)), c.paid_at
from session_credits c left join bookings b on b.payment_id = c.payment_id
where c.payment_id is not null
group by c.id having count(b.id) <> (c.status = 'used')::int
    or bool_or(b.id is distinct from c.booking_id and b.id is not null)
    or bool_or((b.price_cents, b.currency, b.mentee_id, b.coach_id, b.credit_for, b.credit_cents)
        is distinct from (c.price_cents, c.currency, c.mentee_id, c.coach_id, c.intro_id, c.intro_cents)
        and b.id is not null)
union all
select 'session credit', id::text, format('is %s with %s of %s refunded', status, refunded_cents, price_cents), ended_at
from session_credits
where refunded_cents <> case when status in :gone then price_cents else 0 end and status <> 'lapsed'
union all
select 'quote', q.id::text, 'its credit has another price or length', c.created_at
from quotes q join session_credits c on c.id = q.credit_id
where (c.price_cents + c.intro_cents, c.currency, c.minutes) is distinct from (q.price_cents, q.currency, q.minutes)
union all
select 'ask', q.ask_id::text, format('%s credits and sessions are paid', count(*)), max(c.paid_at)
from quotes q left join session_credits c on c.id = q.credit_id and c.paid_at is not null
left join bookings b on b.id = q.booking_id and b.status in :agreed
where c.id is not null or b.id is not null
group by q.ask_id having count(*) > 1
""",
        whole=True,
        states={"agreed": booking_rules.AGREED, "gone": credit_rules.GONE},
    ),
)
