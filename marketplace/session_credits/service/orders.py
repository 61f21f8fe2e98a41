"""Commands: buy a credit on a quote's terms, pay for it, schedule a session with it."""

import uuid
from datetime import datetime, timedelta

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.bookings import queries as bookings
from marketplace.bookings import rules as booking_rules
from marketplace.bookings.holds import service as holds
from marketplace.bookings.intro_credits import queries as intro_credits
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications import confirmations
from marketplace.bookings.terms.service import TermsSnapshot
from marketplace.bookings.transitions import transition
from marketplace.coaches.models import Offering
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Conflict
from marketplace.languages import gettext as _
from marketplace.languages import speaking
from marketplace.payments.service import checkouts
from marketplace.session_credits import queries, rules
from marketplace.session_credits.models import SessionCredit
from marketplace.session_credits.transitions import transition_credit


class CreditLapsed(Conflict):
    """This was not paid for in time. Take the offer once more, if it still stands."""


class NoCreditToPay(Conflict):
    """There is nothing to pay here any more."""


class CreditUsed(Conflict):
    """Nothing can be scheduled with this credit: it was used or refunded, its time is over, or a bank asks it back."""


@transactional
def buy(
    mentee: User, offering: Offering, terms: TermsSnapshot, *, brief: str, brief_details: dict[str, str]
) -> SessionCredit:
    """Begin to buy a session whose time is chosen later, unpaid for the usual minutes of a hold.

    `brief` and what stands beside it become its session's. What a paid first session with this coach takes off is
    taken off. The caller has locked what it follows, so that it is bought once, and has checked who may.
    """
    # Nobody else uses a first session until we have committed.
    bookings.lock_mentee_and_coach(mentee.id, offering.coach_id)
    intro = intro_credits.credit_for(mentee, offering)
    made = SessionCredit(
        id=uuid7(),
        coach_id=offering.coach_id,
        mentee_id=mentee.id,
        offering_id=offering.id,
        status=rules.UNPAID,
        title=offering.title,
        brief=brief,
        brief_details=brief_details,
        minutes=offering.minutes,
        price_cents=offering.price_cents - (intro.cents if intro is not None else 0),
        intro_id=intro.booking_id if intro is not None else None,
        intro_cents=intro.cents if intro is not None else 0,
        currency=offering.currency,
        fee_basis_points=terms.fee_basis_points,
        policy=terms.policy.as_json(),
        pay_until=clock.now() + timedelta(minutes=config.current().hold_minutes),
        created_at=clock.now(),
        reminders=0,
        refunded_cents=0,
    )
    session().add(made)
    session().flush()
    record(mentee.id, "session_credit.unpaid", made.id, price_cents=made.price_cents)
    return made


def pay(mentee: User, *, credit_id: uuid.UUID) -> str:
    """The address of the hosted page where it is paid for; the same page at each call.

    Raises NotFound for everybody but the mentee, CreditLapsed, NoCreditToPay.
    """
    return checkouts.start_checkout(prepare_payment(mentee, credit_id=credit_id))


@transactional
def prepare_payment(mentee: User, *, credit_id: uuid.UUID) -> uuid.UUID:
    """Write down that it is to be paid for; the payment, whose page is then opened. Raises what `pay` raises."""
    credit = queries.locked_of_mentee(mentee, credit_id)
    if credit.status == rules.LAPSED:
        raise CreditLapsed
    if credit.status != rules.UNPAID:
        raise NoCreditToPay
    if credit.pay_until <= clock.now():
        raise CreditLapsed
    with speaking(mentee.preferences):
        description = _(
            "%(title)s with %(name)s, to be scheduled within %(days)s days",
            title=credit.title,
            name=credit.coach.user.name,
            days=rules.USABLE_FOR.days,
        )
    payment = checkouts.prepare(
        mentee,
        subject_id=credit.id,
        description=description,
        amount_cents=credit.price_cents,
        currency=credit.currency,
        manual_capture=False,
        card_only=True,
        return_url=f"{config.current().public_url}/credits/{credit.id}",
        payable_until=credit.pay_until,
    )
    credit.payment_id = payment.id
    return payment.id


@transactional
def schedule(mentee: User, *, credit_id: uuid.UUID, starts_at: datetime) -> Booking:
    """Book a free time with a credit: a session that is paid, confirmed at once; the credit is used.

    However many times at once, one session is booked: the credit's row is locked. Raises NotFound for everybody but
    the mentee, CreditUsed, and what `holds.hold` raises.
    """
    credit = queries.locked_of_mentee(mentee, credit_id)
    now, disputed = clock.now(), credit.is_disputed
    if not rules.may_schedule(credit.status, expires_at=credit.expires_at, disputed=disputed, now=now):
        raise CreditUsed
    terms = TermsSnapshot(credit.terms, credit.fee_basis_points)
    offering = queries.offering_of(credit)
    booking = holds.hold_paid(mentee, offering, starts_at, terms, brief=credit.brief, credit=credit.intro)
    booking.brief_details = credit.brief_details
    booking.payment_id, booking.payment = credit.payment_id, credit.payment
    transition(booking, booking_rules.CONFIRMED, by=mentee.id)
    credit.booking_id = booking.id
    transition_credit(credit, rules.USED, by=mentee.id, booking_id=str(booking.id))
    confirmations.confirmed([booking])
    return booking
