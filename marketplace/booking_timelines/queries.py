"""Reading all that is known of one session, for admins."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from marketplace import jobs
from marketplace.accounts.models import User
from marketplace.accounts.queries import names, only_admins
from marketplace.attendance import queries as attendance
from marketplace.attendance.models import NoShowReport
from marketplace.audit.models import READ, AuditEntry
from marketplace.bookings import queries as bookings
from marketplace.bookings.models import Booking
from marketplace.calendars.models import Calendar, WrittenEvent
from marketplace.db import session
from marketplace.invoices.models import Invoice
from marketplace.ledger_reports.queries import timelines
from marketplace.notifications.models import Message
from marketplace.payments import queries as payments
from marketplace.payments.models import Dispute, Refund
from marketplace.stripe_inbox.models import StripeEvent

# Of each kind of record so many are shown, the latest.
MOST = 200


@dataclass(frozen=True)
class CalendarCopy:
    """A calendar of the coach in which the session stands, or is to stand or to be removed from it."""

    hint: str
    written: bool
    removing: bool
    failures: int


@dataclass(frozen=True)
class BookingRecords:
    """Everything about one session; `people` are the names of those who did something, by their ids."""

    booking: Booking
    report: NoShowReport | None
    refunds: Sequence[Refund]
    disputes: Sequence[Dispute]
    audit: Sequence[AuditEntry]
    people: dict[uuid.UUID, str]
    money: timelines.LedgerTimeline
    mails: Sequence[Message]
    events: Sequence[StripeEvent]
    jobs: Sequence[jobs.JobOf]
    calendars: Sequence[CalendarCopy]


def records(admin: User, booking_id: uuid.UUID) -> BookingRecords:
    """All that is known of a session; NotFound, also for who is no admin."""
    only_admins(admin)
    booking = bookings.one(admin, booking_id)
    payment, money = booking.payment, timelines.timeline(admin, booking_id)
    refunds = payments.refunds_of(payment.id) if payment else []
    disputes = payments.disputes_of(payment.id) if payment else []
    report = attendance.find(booking_id)
    ids = [booking.id, *(each.id for each in (payment, report) if each is not None)]
    ids += [*(each.id for each in refunds), *(each.id for each in disputes), *(each.id for each in money.payouts)]
    invoices = _invoices(payment.id) if payment else []
    about = [str(each) for each in ids]
    trail = _trail(about)
    at_stripe = [payment.checkout_id, payment.intent_id, payment.charge_id] if payment else []
    at_stripe += [*(each.stripe_id for each in refunds), *(each.stripe_id for each in disputes)]
    at_stripe += [each.stripe_id for each in money.payouts]
    return BookingRecords(
        booking=booking,
        report=report,
        refunds=refunds,
        disputes=disputes,
        audit=trail,
        people=names({entry.actor_id for entry in trail if entry.actor_id}),
        money=money,
        mails=_mails([*about, *invoices]),
        events=_events([each for each in at_stripe if each]),
        jobs=jobs.about(about, MOST),
        calendars=_calendars(booking),
    )


def _trail(ids: Sequence[str]) -> Sequence[AuditEntry]:
    chosen = select(AuditEntry).where(AuditEntry.subject_id.in_(ids), AuditEntry.action != READ)
    return session().scalars(chosen.order_by(AuditEntry.id.desc()).limit(MOST)).all()[::-1]


def _invoices(payment_id: uuid.UUID) -> list[str]:
    found = session().scalars(select(Invoice.id).where(Invoice.payment_id == payment_id))
    return [str(each) for each in found]


def _mails(ids: Sequence[str]) -> Sequence[Message]:
    """Mails under keys like 'confirmed:ID:…'."""
    about = func.split_part(Message.key, ":", 2).in_(ids)
    return session().scalars(select(Message).where(about).order_by(Message.id.desc()).limit(MOST)).all()


def _events(objects: Sequence[str]) -> Sequence[StripeEvent]:
    chosen = select(StripeEvent).where(StripeEvent.object_id.in_(objects))
    return session().scalars(chosen.order_by(StripeEvent.received_at.desc()).limit(MOST)).all()


def _calendars(booking: Booking) -> list[CalendarCopy]:
    chosen = select(WrittenEvent, Calendar.hint).join(Calendar, Calendar.id == WrittenEvent.calendar_id)
    found = session().execute(chosen.where(WrittenEvent.uid == booking.event_uid).order_by(Calendar.id))
    return [
        CalendarCopy(hint, event.written_version == event.version, event.ics is None, event.failures)
        for event, hint in found
    ]
