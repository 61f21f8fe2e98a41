"""What a mentee's paid first session takes off a full one."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from marketplace import clock, currencies
from marketplace.accounts.models import User
from marketplace.bookings import rules as booking_rules
from marketplace.bookings.coupon_use.queries import in_use
from marketplace.bookings.intro_credits import rules
from marketplace.bookings.models import Booking
from marketplace.coaches.models import Offering
from marketplace.db import session
from marketplace.payments.models import Payment


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
    if session().scalar(full.limit(1)) is not None:
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
