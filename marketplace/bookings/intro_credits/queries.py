"""What a mentee's paid first session takes off a full one."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, Uuid, and_, column, exists, or_, select, table

from marketplace import clock, currencies
from marketplace.accounts.models import User
from marketplace.bookings import rules as booking_rules
from marketplace.bookings.coupon_use.queries import in_use
from marketplace.bookings.intro_credits import rules
from marketplace.bookings.models import Booking
from marketplace.coaches.models import Offering
from marketplace.db import session
from marketplace.payments import rules as payment_rules
from marketplace.payments.models import Payment

# Session credits stand above bookings, so they are read by the table's name.
session_credits = table(
    "session_credits",
    column("mentee_id", Uuid),
    column("coach_id", Uuid),
    column("payment_id", Uuid),
    column("status"),
    column("pay_until"),
    column("refunded_cents"),
)


@dataclass(frozen=True)
class IntroCredit:
    """So many cents of a paid first session, for a full session that is held before `until`."""

    booking_id: uuid.UUID
    cents: int
    until: datetime


def credit_for(mentee: User, offering: Offering) -> IntroCredit | None:
    """What an intro with the same coach takes off this offering now; None where none counts, or it is used already.

    Its answer holds until the end of the transaction where the caller has locked the mentee's and the coach's rows.
    """
    if offering.intro:
        return None
    pair = Booking.mentee_id == mentee.id, Booking.coach_id == offering.coach_id
    now = clock.now()
    chosen = select(Booking).where(
        *pair,
        Booking.intro,
        Booking.currency == offering.currency,
        Booking.status.in_(booking_rules.AGREED),
        Booking.frozen_at.is_(None),
        Booking.ends_at > now - rules.CONTINUE_WITHIN,
    )
    intros = session().scalars(chosen.order_by(Booking.ends_at.desc())).all()
    if not intros:
        return None
    # Full sessions so far, none of them given: what gives back the use of a coupon makes the next one the first again.
    full = (
        select(Booking.id)
        .outerjoin(Payment, Payment.id == Booking.payment_id)
        .where(*pair, ~Booking.intro, Booking.price_cents > 0, in_use())
    )
    if session().scalar(full.limit(1)) is not None or session().scalar(_bought_ahead(mentee, offering, now)):
        return None
    for intro in intros:
        held = intro.outcome in {None, booking_rules.TOOK_PLACE}
        refunded, ended_at = intro.refunded_cents, intro.ends_at
        cents = rules.credit_cents(
            intro_cents=intro.price_cents,
            price_cents=offering.price_cents,
            least_cents=currencies.KNOWN[offering.currency].least_cents,
        )
        if cents and rules.counts(held=held, refunded_cents=refunded, ended_at=ended_at, now=now):
            return IntroCredit(intro.id, cents, rules.counts_until(ended_at))
    return None


def _bought_ahead(mentee: User, offering: Offering, now: datetime) -> Select[bool]:
    """Have the two a full session that is paid for, or may be, and has no time yet?"""
    credit = session_credits.c
    waits = Payment.status.in_(payment_rules.UNDECIDED)
    just_paid = and_(Payment.status == payment_rules.PAID, credit.refunded_cents == 0)
    in_use = or_(
        credit.status.in_(rules.BOUGHT),
        and_(credit.status == rules.UNPAID, credit.pay_until > now),
        and_(credit.status.in_({rules.UNPAID, rules.LAPSED}), or_(waits, just_paid)),
    )
    found = select(credit.status).outerjoin(Payment, Payment.id == credit.payment_id)
    return select(exists(found.where(credit.mentee_id == mentee.id, credit.coach_id == offering.coach_id, in_use)))
