"""Reading overruns, which exist for whoever the session exists for."""

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.bookings import queries as bookings
from marketplace.bookings.models import Booking
from marketplace.bookings.overruns import rules
from marketplace.bookings.overruns.models import Overrun
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.payments import rules as payment_rules
from marketplace.payments.models import Payment

WHOLE = (
    joinedload(Overrun.booking, innerjoin=True).joinedload(Booking.coach, innerjoin=True),
    joinedload(Overrun.booking, innerjoin=True).joinedload(Booking.mentee, innerjoin=True),
    joinedload(Overrun.payment),
)


def of_session(actor: User, booking_id: uuid.UUID) -> Sequence[Overrun]:
    """The overruns of a session that `actor` may see, the latest first; NotFound."""
    bookings.one(actor, booking_id)
    return _all(Overrun.booking_id == booking_id)


def one(actor: User, overrun_id: uuid.UUID) -> Overrun:
    """One overrun of a session whose coach or mentee `actor` is; NotFound."""
    for found in _all(Overrun.id == overrun_id):
        bookings.of_party(actor, found.booking_id)
        return found
    raise NotFound


def of_payment(payment_id: uuid.UUID) -> Overrun | None:
    """What a payment pays for, if it is an overrun."""
    return next(iter(_all(Overrun.payment_id == payment_id)), None)


def locked(overrun_id: uuid.UUID) -> Overrun:
    """An overrun as it is now, locked until the transaction ends. Its session is locked before it."""
    chosen = select(Overrun).options(*WHOLE).where(Overrun.id == overrun_id).with_for_update(of=Overrun)
    return session().scalars(chosen, execution_options={"populate_existing": True}).one()


def overdue(limit: int = 200) -> Sequence[Overrun]:
    """Those that stand though their days are over."""
    open_ = Overrun.status.in_(rules.OPEN)
    return _all(open_, Overrun.lapses_at <= clock.now(), limit=limit)


def unreleased(limit: int = 200) -> Sequence[uuid.UUID]:
    """Those that are paid and settled, and of which the coach has nothing yet."""
    chosen = (
        select(Overrun.id)
        .join(Payment, Payment.id == Overrun.payment_id)
        .where(
            Overrun.status == rules.PAID,
            Overrun.released_at.is_(None),
            Overrun.refunded_cents < Overrun.price_cents,
            Payment.status == payment_rules.PAID,
            Payment.available_on <= clock.now(),
            Payment.disputed_at.is_(None),
        )
    )
    return session().scalars(chosen.order_by(Overrun.id).limit(limit)).all()


def _all(*conditions: ColumnElement[bool], limit: int = 20) -> Sequence[Overrun]:
    chosen = select(Overrun).options(*WHOLE).where(*conditions).order_by(Overrun.id.desc()).limit(limit)
    return session().scalars(chosen, execution_options={"populate_existing": True}).all()
