"""Bank debits: while the money is under way the times are kept, though it comes days later."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from marketplace import clock, config
from marketplace.audit.service import record
from marketplace.bookings import rules
from marketplace.bookings.holds.expiry import notify_waitlist
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications import bank_debits as bank_debit_notifications
from marketplace.bookings.payment_outcomes.reclaims import is_reclaimable, reclaim
from marketplace.bookings.transitions import transition
from marketplace.jobs import enqueue
from marketplace.languages import LazyText


def kept_until(bookings: Sequence[Booking]) -> datetime:
    """Until when at most a debit keeps these times: another mentee needs some hours to book them too."""
    return min(booking.starts_at for booking in bookings) - timedelta(hours=config.current().debit_hours_before)


def arrives_in_time(bookings: Sequence[Booking]) -> bool:
    """Would a debit that is asked for now arrive while it keeps these times?"""
    return clock.now() + timedelta(days=config.current().debit_days) <= kept_until(bookings)


def keep_holds(bookings: Sequence[Booking]) -> None:
    """Keep times whose money a bank is sending, also those that lapsed before we heard of it."""
    until = kept_until(bookings)
    prolonged = [booking for booking in bookings if _prolong(booking, until)]
    if prolonged:
        enqueue("expire_hold", at=until, booking_id=str(prolonged[0].id))
        bank_debit_notifications.kept(prolonged, until)
    lapsed = [booking for booking in bookings if booking.status == rules.EXPIRED]
    if lapsed:
        bank_debit_notifications.too_slow(lapsed)


def _prolong(booking: Booking, until: datetime) -> bool:
    """Keep one hold until then; False if nothing changes: it is kept so long already, or its time is gone."""
    if booking.status == rules.HELD and booking.hold_expires_at < until:
        record(None, "booking.kept", booking.id, until=until.isoformat())
    elif not (is_reclaimable(booking) and clock.now() < until and _reclaim_until(booking, until)):
        return False
    booking.hold_expires_at = until
    return True


def _reclaim_until(booking: Booking, until: datetime) -> bool:
    return reclaim(booking, rules.HELD, action="kept", until=until.isoformat())


def release_holds(holds: Sequence[Booking], why: LazyText | str) -> None:
    """Free what was kept for money that does not come; `why` is for its mentee to read."""
    for booking in holds:
        transition(booking, rules.EXPIRED, reason=rules.DEBIT_FAILED)
    if holds:
        bank_debit_notifications.failed(holds, why)
        notify_waitlist(holds[0].coach_id)
