"""Reading attendance reports. A report exists for those who may see its session."""

import uuid
from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.attendance import rules
from marketplace.attendance.models import NoShowReport
from marketplace.bookings import queries as bookings
from marketplace.bookings.models import Booking
from marketplace.bookings.rules import COMPLETED
from marketplace.db import ordered, session
from marketplace.errors import NotFound

_session = joinedload(NoShowReport.booking, innerjoin=True)
WHOLE = (
    _session.joinedload(Booking.coach, innerjoin=True),
    _session.joinedload(Booking.mentee, innerjoin=True),
    _session.joinedload(Booking.payment),
)


def find(booking_id: uuid.UUID) -> NoShowReport | None:
    """The report on a session, if there is one; the caller has checked who may see the session."""
    chosen = select(NoShowReport).where(NoShowReport.booking_id == booking_id)
    return session().scalar(chosen, execution_options={"populate_existing": True})


def of_booking(actor: User, booking_id: uuid.UUID) -> NoShowReport:
    """The report on a session that `actor` may see; raises NotFound."""
    bookings.one(actor, booking_id)
    return _there(find(booking_id))


def locked(booking_id: uuid.UUID) -> NoShowReport:
    """The same, locked until the transaction ends; the session's row is locked before it. NotFound."""
    chosen = select(NoShowReport).where(NoShowReport.booking_id == booking_id).with_for_update()
    return _there(session().scalar(chosen, execution_options={"populate_existing": True}))


def one(admin: User, report_id: uuid.UUID) -> NoShowReport:
    """A report with its session and both people, for admins; raises NotFound."""
    _only_admins(admin)
    chosen = select(NoShowReport).options(*WHOLE).where(NoShowReport.id == report_id)
    return _there(session().scalar(chosen, execution_options={"populate_existing": True}))


SORTS = {
    "price": (Booking.price_cents, NoShowReport.id),
    "reported_at": (NoShowReport.reported_at, NoShowReport.id),
    "settled_at": (NoShowReport.settled_at, NoShowReport.id),
    "starts_at": (Booking.starts_at, NoShowReport.id),
}


def for_admin(
    admin: User,
    *,
    settled: bool = False,
    sort: str = "",
    descending: bool = False,
    offset: int = 0,
    limit: int | None = 100,
) -> Sequence[NoShowReport]:
    """Reports that wait for a decision, the oldest first; or those that are settled, the latest first."""
    _only_admins(admin)
    chosen = select(NoShowReport).join(NoShowReport.booking).options(*WHOLE)
    if settled:
        chosen = chosen.where(NoShowReport.settled_at.is_not(None))
    else:
        chosen = chosen.where(NoShowReport.status == rules.CONTESTED)
    if not sort:
        sort, descending = ("settled_at", True) if settled else ("reported_at", False)
    page = ordered(chosen, SORTS, sort=sort, descending=descending, offset=offset, limit=limit)
    return session().scalars(page).all()


def to_answer(coach_id: uuid.UUID, limit: int = 50) -> Sequence[NoShowReport]:
    """Reports that a coach may still answer, with their sessions, the first to be due first."""
    chosen = (
        select(NoShowReport)
        .join(NoShowReport.booking)
        .options(*WHOLE)
        .where(Booking.coach_id == coach_id, NoShowReport.status == rules.OPEN, NoShowReport.answer_by > clock.now())
    )
    return session().scalars(chosen.order_by(NoShowReport.answer_by, NoShowReport.id).limit(limit)).all()


def no_shows_to_answer(mentee_id: uuid.UUID, limit: int = 50) -> Sequence[Booking]:
    """Sessions whose coach says that the mentee did not come, which the mentee may still answer, the oldest first."""
    chosen = (
        select(Booking)
        .options(*bookings.WHOLE)
        .where(
            Booking.mentee_id == mentee_id,
            Booking.status == COMPLETED,
            Booking.outcome == rules.MENTEE_NO_SHOW,
            Booking.released_at.is_(None),
            Booking.ends_at > clock.now() - rules.REPORTABLE_FOR,
            ~exists().where(NoShowReport.booking_id == Booking.id),
        )
    )
    return session().scalars(chosen.order_by(Booking.ends_at, Booking.id).limit(limit)).all()


def unanswered(limit: int = 200) -> Sequence[uuid.UUID]:
    """The ids of the sessions whose reports the coach has not answered in time."""
    due = NoShowReport.answer_by <= clock.now()
    chosen = select(NoShowReport.booking_id).where(NoShowReport.status == rules.OPEN, due)
    return session().scalars(chosen.limit(limit)).all()


def _only_admins(admin: User) -> None:
    if not admin.is_admin:
        raise NotFound


def _there(found: NoShowReport | None) -> NoShowReport:
    if found is None:
        raise NotFound
    return found
