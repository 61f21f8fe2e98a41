"""Reading bookings. Who is no party to a booking, and no admin, does not see that it exists."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import joinedload

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.bookings import rules
from marketplace.bookings.models import Booking, Move
from marketplace.coaches.models import Coach, Offering
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.payments import queries as payments
from marketplace.payments.models import Payment, Refund

WHOLE = (
    joinedload(Booking.coach, innerjoin=True),
    joinedload(Booking.mentee, innerjoin=True),
    joinedload(Booking.payment),
    joinedload(Booking.no_show),
)
PAGE = 20


@dataclass(frozen=True)
class Page:
    """Some bookings, and where the next page begins (None: nowhere)."""

    bookings: Sequence[Booking]
    after: uuid.UUID | None


def _own_profile(actor: User) -> Select[uuid.UUID]:
    return select(Coach.id).where(Coach.user_id == actor.id)


def visible_to(actor: User) -> Select[Booking]:
    """The bookings that exist for `actor`: hers as a mentee, hers as a coach, all for an admin."""
    chosen = select(Booking).options(*WHOLE)
    if actor.is_admin:
        return chosen
    return chosen.where(or_(Booking.mentee_id == actor.id, Booking.coach_id.in_(_own_profile(actor))))


def one(actor: User, booking_id: uuid.UUID) -> Booking:
    """One booking that `actor` may see, with coach, mentee and payment; NotFound."""
    chosen = visible_to(actor).where(Booking.id == booking_id)
    found = session().scalars(chosen, execution_options={"populate_existing": True}).one_or_none()
    if found is None:
        raise NotFound
    return found


def found(booking_id: uuid.UUID) -> Booking:
    """The row itself, whoever asks; NotFound."""
    booking = session().get(Booking, booking_id)
    if booking is None:
        raise NotFound
    return booking


def locked(booking_id: uuid.UUID) -> Booking:
    """The row as it is now, locked until the transaction ends; NotFound."""
    chosen = select(Booking).options(*WHOLE).where(Booking.id == booking_id).with_for_update(of=Booking)
    found = session().scalars(chosen, execution_options={"populate_existing": True}).one_or_none()
    if found is None:
        raise NotFound
    return found


def locked_for(actor: User, booking_id: uuid.UUID) -> Booking:
    """The same, for somebody who may see it."""
    one(actor, booking_id)
    return locked(booking_id)


def locked_together(booking: Booking) -> Sequence[Booking]:
    """A booking with the others of its series, in order of start, as they are now and locked."""
    if booking.series_id is None:
        return [locked(booking.id)]
    return _locked(Booking.series_id == booking.series_id)


def locked_of_payment(payment_id: uuid.UUID) -> Sequence[Booking]:
    """What a payment pays for, locked. Claiming a lapsed time again moves it back: the coach's row is locked first."""
    coach_id = session().scalar(select(Booking.coach_id).where(Booking.payment_id == payment_id).limit(1))
    if coach_id is None:
        return []
    lock_coach(coach_id)
    return _locked(Booking.payment_id == payment_id)


def _locked(which: ColumnElement[bool]) -> Sequence[Booking]:
    chosen = select(Booking).options(*WHOLE).where(which).order_by(Booking.starts_at, Booking.id)
    populating = {"populate_existing": True}
    return session().scalars(chosen.with_for_update(of=Booking), execution_options=populating).all()


def series_of(actor: User, series_id: uuid.UUID) -> Sequence[Booking]:
    """The sessions of a series that `actor` may see, in order of start; NotFound."""
    chosen = visible_to(actor).where(Booking.series_id == series_id).order_by(Booking.starts_at)
    found = session().scalars(chosen, execution_options={"populate_existing": True}).all()
    if not found:
        raise NotFound
    return found


def refunds_of(booking: Booking) -> Sequence[Refund]:
    """What went back for this one session, the oldest first; of a payment for several each refund names its own."""
    if booking.payment_id is None:
        return []
    refunds = payments.refunds_of(booking.payment_id)
    return [r for r in refunds if booking.series_id is None or r.key.endswith(str(booking.id))]


def subjects_of(about: uuid.UUID) -> list[uuid.UUID]:
    """Under which ids the ledger may know a session: its own and its series'."""
    series_id = session().scalar(select(Booking.series_id).where(Booking.id == about))
    return [about] if series_id is None else [about, series_id]


def page_for(actor: User, *, as_coach: bool, past: bool, after: uuid.UUID | None = None, limit: int = PAGE) -> Page:
    """Somebody's sessions: those to come, the next one first; or those past and ended, the latest first."""
    mine = Booking.coach_id.in_(_own_profile(actor)) if as_coach else Booking.mentee_id == actor.id
    now = clock.now()
    open_ = Booking.status.in_(rules.CLAIMING) & (Booking.ends_at > now)
    order = (Booking.starts_at.desc(), Booking.id.desc()) if past else (Booking.starts_at, Booking.id)
    chosen = select(Booking).options(*WHOLE).where(mine, ~open_ if past else open_).order_by(*order).limit(limit + 1)
    if after is not None:
        last = session().get(Booking, after)
        if last is None:
            raise NotFound
        here = func.row(Booking.starts_at, Booking.id)
        there = func.row(last.starts_at, last.id)
        chosen = chosen.where(here < there if past else here > there)
    found = session().scalars(chosen).all()
    more = len(found) > limit
    return Page(found[:limit], found[limit - 1].id if more else None)


def for_feed(user: User, *, side: str, limit: int = 1000) -> Sequence[Booking]:
    """What stands in somebody's calendar on one side: confirmed, held and requested, from 30 days back, by time."""
    mine = Booking.coach_id.in_(_own_profile(user)) if side == "coach" else Booking.mentee_id == user.id
    shown = Booking.status.in_((rules.REQUESTED, rules.CONFIRMED, rules.COMPLETED))
    since = Booking.ends_at > clock.now() - rules.FEED_LOOKS_BACK
    chosen = select(Booking).options(*WHOLE).where(mine, shown, since)
    return session().scalars(chosen.order_by(Booking.starts_at, Booking.id).limit(limit)).all()


def claimed(coach_id: uuid.UUID, blocked: Range[datetime], *, ignoring: uuid.UUID | None = None) -> bool:
    """Is any of this time of the coach's claimed by somebody? The booking `ignoring` would give its own time up."""
    chosen = select(Booking.id).where(
        Booking.coach_id == coach_id,
        Booking.status.in_(rules.CLAIMING),
        or_(Booking.status != rules.HELD, Booking.hold_expires_at > clock.now()),
        Booking.blocked.overlaps(blocked),
    )
    if ignoring is not None:
        chosen = chosen.where(Booking.id != ignoring)
    return session().scalar(chosen.limit(1)) is not None


def lock_coach(coach_id: uuid.UUID) -> None:
    """Let nobody else move or claim times of this coach until the transaction ends. Before any booking is locked."""
    session().execute(select(Coach.id).where(Coach.id == coach_id).with_for_update(key_share=True))


def offering_as_sold(booking: Booking, *, by_coach: bool = False) -> Offering:
    """The offering with the length and the buffers that were sold, whatever became of it, to look for times with.

    The notice protects the coach, so for times that she herself proposes (`by_coach`) there is none. The object is
    not in the session.
    """
    known = session().scalars(select(Offering).where(Offering.id == booking.offering_id)).one()
    now_sold = {column.key: getattr(known, column.key) for column in Offering.__table__.columns}
    minute = timedelta(minutes=1)
    before, after = booking.buffers()
    return Offering(
        **now_sold
        | {
            "minutes": (booking.ends_at - booking.starts_at) // minute,
            "buffer_before_minutes": before // minute,
            "buffer_after_minutes": after // minute,
            "notice_hours": 0 if by_coach else known.notice_hours,
        },
        coach=booking.coach,
    )


def moves_by(booking_id: uuid.UUID, person_id: uuid.UUID) -> int:
    """How often somebody has moved a session herself."""
    chosen = select(func.count()).where(
        Move.booking_id == booking_id, Move.proposed_by == person_id, Move.status == rules.DONE
    )
    return int(session().scalar(chosen) or 0)


def moves_of(actor: User, booking_id: uuid.UUID) -> Sequence[Move]:
    """Every move and proposal of a session that `actor` may see, the latest first; NotFound."""
    booking = one(actor, booking_id)
    return session().scalars(select(Move).where(Move.booking_id == booking.id).order_by(Move.id.desc())).all()


def move_of(booking: Booking, move_id: uuid.UUID) -> Move:
    """One of them, locked until the transaction ends; NotFound."""
    chosen = select(Move).where(Move.id == move_id, Move.booking_id == booking.id).with_for_update()
    found = session().scalars(chosen, execution_options={"populate_existing": True}).one_or_none()
    if found is None:
        raise NotFound
    return found


def open_proposal(booking: Booking) -> Move | None:
    """The proposal that waits for its answer, if one does."""
    found = session().scalar(select(Move).where(Move.booking_id == booking.id, Move.status == rules.PROPOSED))
    if found is None:
        return None
    answer_by = min(booking.starts_at, found.starts_at)
    waits = rules.is_open_proposal(found.status, answer_by=answer_by, booking_status=booking.status, now=clock.now())
    return found if waits else None


def unanswered_moves(limit: int = 200) -> Sequence[tuple[uuid.UUID, uuid.UUID]]:
    """Proposals that nobody can answer any more, each with its booking: too late, or the session is off."""
    chosen = (
        select(Move.booking_id, Move.id)
        .join(Booking, Booking.id == Move.booking_id)
        .where(
            Move.status == rules.PROPOSED,
            or_(func.least(Booking.starts_at, Move.starts_at) <= clock.now(), Booking.status != rules.CONFIRMED),
        )
    )
    return [(booking_id, move_id) for booking_id, move_id in session().execute(chosen.limit(limit))]


def own_claim(mentee: User, offering_id: uuid.UUID, starts_at: datetime) -> Booking | None:
    """What `mentee` herself has booked or holds of an offering at that very time."""
    chosen = select(Booking).where(
        Booking.mentee_id == mentee.id,
        Booking.offering_id == offering_id,
        Booking.starts_at == starts_at,
        Booking.status.in_(rules.CLAIMING),
        or_(Booking.status != rules.HELD, Booking.hold_expires_at > clock.now()),
    )
    return session().scalar(chosen.limit(1))


def holds_of(mentee_id: uuid.UUID) -> int:
    """How many times a mentee holds unpaid right now by her own doing; a series counts as one."""
    chosen = select(func.count(func.coalesce(Booking.series_id, Booking.id).distinct())).where(
        Booking.mentee_id == mentee_id,
        Booking.status == rules.HELD,
        Booking.hold_expires_at > clock.now(),
        ~Booking.offered,
    )
    return int(session().scalar(chosen) or 0)


def paid_between(mentee_id: uuid.UUID, coach_id: uuid.UUID, currency: str) -> int:
    """What a pair's held sessions came to so far, in cents."""
    chosen = select(func.coalesce(func.sum(Booking.price_cents - Booking.refunded_cents), 0)).where(
        Booking.mentee_id == mentee_id,
        Booking.coach_id == coach_id,
        Booking.currency == currency,
        Booking.status == rules.COMPLETED,
    )
    return int(session().scalar(chosen) or 0)


def lapsed_holds(limit: int = 200) -> Sequence[uuid.UUID]:
    """Holds whose time is over."""
    due = Booking.hold_expires_at <= clock.now()
    return session().scalars(select(Booking.id).where(Booking.status == rules.HELD, due).limit(limit)).all()


def lapsed_requests(limit: int = 200) -> Sequence[uuid.UUID]:
    """Requests that nobody answered in time; those that are being captured are not among them."""
    chosen = (
        select(Booking.id)
        .join(Payment, Payment.id == Booking.payment_id)
        .where(Booking.status == rules.REQUESTED, Booking.decide_by <= clock.now(), Payment.capture_wanted_at.is_(None))
    )
    return session().scalars(chosen.limit(limit)).all()


def over_without_a_word(limit: int = 200) -> Sequence[uuid.UUID]:
    """Confirmed sessions that ended a while ago and that nobody marked."""
    due = Booking.ends_at <= clock.now() - rules.COMPLETES_ITSELF_AFTER
    return session().scalars(select(Booking.id).where(Booking.status == rules.CONFIRMED, due).limit(limit)).all()


def unreleased(limit: int = 500) -> Sequence[uuid.UUID]:
    """Ended sessions whose kept money may be due to the coach: over, paid, settled, undisputed."""
    chosen = (
        select(Booking.id)
        .join(Payment, Payment.id == Booking.payment_id)
        .where(
            Booking.released_at.is_(None),
            Booking.ends_at <= clock.now(),
            Booking.status.in_((rules.COMPLETED, rules.CANCELLED)),
            Booking.refunded_cents < Booking.price_cents,
            Payment.status == "paid",
            Payment.available_on <= clock.now(),
            Payment.disputed_at.is_(None),
        )
    )
    return session().scalars(chosen.order_by(Booking.ends_at).limit(limit)).all()


def earned_but_not_released(coach_id: uuid.UUID) -> dict[str, int]:
    """What confirmed and ended sessions will bring a coach, by currency, after our fee."""
    chosen = select(Booking).where(
        Booking.coach_id == coach_id,
        Booking.released_at.is_(None),
        Booking.status.in_((rules.CONFIRMED, rules.COMPLETED, rules.CANCELLED)),
        Booking.payment_id.is_not(None),
        Booking.confirmed_at.is_not(None),
    )
    waiting: dict[str, int] = {}
    for booking in session().scalars(chosen):
        coach, _fee = rules.shares(booking.price_cents - booking.refunded_cents, booking.fee_basis_points)
        waiting[booking.currency] = waiting.get(booking.currency, 0) + coach
    return waiting
