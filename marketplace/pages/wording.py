"""What is said of a session to its reader: its state in words, and what comes next. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.bookings import rules
from marketplace.bookings.earnings import rules as earning_rules
from marketplace.bookings.models import Booking
from marketplace.languages import gettext as _
from marketplace.money import spoken

MENTEE, COACH, ADMIN = "mentee", "coach", "admin"


@dataclass(frozen=True)
class Said:
    """Words for a state; `tone`: quiet, good, warm (waits for somebody). `left` of the words runs down to `until`."""

    words: str
    tone: str = "quiet"
    left: str = ""
    until: datetime | None = None


@dataclass(frozen=True)
class Reader:
    """Whom a session is told to: mentee, coach or admin, with their zone and present instant."""

    side: str
    zone: str
    now: datetime

    @classmethod
    def of(cls, person: User, booking: Booking, zone: str) -> "Reader":
        """The mentee, the coach, or an admin who looks on."""
        sides = {booking.mentee_id: MENTEE, booking.coach.user_id: COACH}
        return cls(sides.get(person.id, ADMIN), zone, clock.now())

    def when(self, instant: datetime) -> str:
        """An instant on the reader's clock."""
        return clock.spoken(instant, self.zone)


def coach_of(booking: Booking) -> str:
    """What the coach is called."""
    return booking.coach.user.name


def other(booking: Booking, reader: Reader) -> str:
    """With whom the session is, from the reader's side."""
    if reader.side == ADMIN:
        return _("%(coach)s and %(mentee)s", coach=coach_of(booking), mentee=booking.mentee.name)
    return booking.mentee.name if reader.side == COACH else coach_of(booking)


def by_whom(booking: Booking, reader: Reader) -> str:
    """The name of who ended it; '' where it was the reader."""
    ended_by = COACH if booking.ended_by == booking.coach.user_id else MENTEE
    if ended_by == reader.side:
        return ""
    return coach_of(booking) if ended_by == COACH else booking.mentee.name


def refunded(booking: Booking) -> str:
    """What was refunded, as people read it."""
    return with_tax(booking, spoken(booking.refunded_cents, booking.currency))


def with_tax(booking: Booking, amount: str) -> str:
    """A part of the price that was paid or refunded: '120.00 USD', with its tax where there was any."""
    taxed = booking.payment is not None and booking.payment.tax_cents
    return _("%(amount)s and its tax", amount=amount) if taxed else amount


def countdown(until: datetime, now: datetime) -> str:
    """Minutes and seconds left: '14:03'."""
    seconds = max(0, int((until - now) / timedelta(seconds=1)))
    return f"{seconds // 60}:{seconds % 60:02}"


def is_held(booking: Booking, now: datetime) -> bool:
    """Does the hold still run?"""
    return booking.status == rules.HELD and booking.hold_expires_at > now


def is_settling(booking: Booking) -> bool:
    """Is the time kept for money that a bank is sending?"""
    return booking.status == rules.HELD and booking.payment is not None and booking.payment.is_settling


def is_accepted(booking: Booking) -> bool:
    """Has the coach accepted a request whose money is being taken?"""
    return booking.status == rules.REQUESTED and booking.payment is not None and bool(booking.payment.capture_wanted_at)


def is_open_request(booking: Booking, now: datetime) -> bool:
    """Does a request still wait for its coach?"""
    return (
        booking.status == rules.REQUESTED
        and not is_accepted(booking)
        and booking.decide_by is not None
        and booking.decide_by > now
    )


def state(booking: Booking, reader: Reader) -> Said:
    """The state of a session in a few words."""
    states = {
        rules.HELD: _held,
        rules.REQUESTED: _requested,
        rules.CONFIRMED: _confirmed,
        rules.COMPLETED: _completed,
        rules.CANCELLED: _cancelled,
        rules.EXPIRED: _expired,
        rules.DECLINED: _declined,
    }
    if booking.frozen_at is not None:
        return _contested(booking, reader)
    return states[booking.status](booking, reader)


def _contested(booking: Booking, reader: Reader) -> Said:
    if reader.side == ADMIN:
        names = {"mentee": booking.mentee.name, "coach": coach_of(booking)}
        return Said(_("%(mentee)s and %(coach)s do not agree on who came", **names), "warm")
    return Said(_("Not settled who came"), "warm")


def _held(booking: Booking, reader: Reader) -> Said:
    if not is_held(booking, reader.now):
        return Said(_("Not paid in time"))
    if is_settling(booking):
        return Said(_("The bank is sending the money"), "warm")
    if reader.side != MENTEE:
        return Said(_("Held by %(mentee)s, not paid yet", mentee=booking.mentee.name))
    left = countdown(booking.hold_expires_at, reader.now)
    return Said(_("Waiting for payment, %(left)s left", left=left), "warm", left, booking.hold_expires_at)


def _requested(booking: Booking, reader: Reader) -> Said:
    if is_accepted(booking):
        return Said(_("Accepted, the payment is being taken"), "good")
    if booking.decide_by is None or not is_open_request(booking, reader.now):
        return Said(_("Not answered in time"))
    until = reader.when(booking.decide_by)
    if reader.side == COACH:
        return Said(_("Waiting for your answer until %(time)s", time=until), "warm")
    return Said(_("%(coach)s has until %(time)s to answer", coach=coach_of(booking), time=until), "warm")


def _confirmed(booking: Booking, reader: Reader) -> Said:
    if reader.now < booking.starts_at:
        return Said(_("Confirmed"), "good")
    if reader.now < booking.ends_at:
        return Said(_("Under way"), "good")
    return Said(_("Over: say how it went"), "warm") if reader.side == COACH else Said(_("Over"))


def _completed(booking: Booking, reader: Reader) -> Said:
    if booking.outcome == rules.TOOK_PLACE:
        return Said(_("Took place"))
    if reader.side == MENTEE:
        return Said(_("You did not come"))
    return Said(_("%(name)s did not come", name=booking.mentee.name))


def _cancelled(booking: Booking, reader: Reader) -> Said:
    if booking.end_reason == rules.COACH_NO_SHOW:
        amount = refunded(booking)
        if reader.side == COACH:
            return Said(_("You did not come, %(amount)s refunded", amount=amount))
        return Said(_("%(coach)s did not come, %(amount)s refunded", coach=coach_of(booking), amount=amount))
    who, amount = by_whom(booking, reader), refunded(booking)
    if booking.confirmed_at is not None and not booking.refunded_cents:
        return Said(
            _("Cancelled by %(name)s, nothing refunded", name=who) if who else _("Cancelled by you, nothing refunded")
        )
    if booking.confirmed_at is None:
        return _never_paid(booking, who, amount)
    return Said(
        _("Cancelled by %(name)s, %(amount)s refunded", name=who, amount=amount)
        if who
        else _("Cancelled by you, %(amount)s refunded", amount=amount)
    )


def _never_paid(booking: Booking, who: str, amount: str) -> Said:
    """Cancelled before it was confirmed, by `who`; '' is the reader."""
    if booking.refunded_cents:
        return Said(
            _("Cancelled by %(name)s before it was paid, %(amount)s refunded", name=who, amount=amount)
            if who
            else _("Cancelled by you before it was paid, %(amount)s refunded", amount=amount)
        )
    if booking.decide_by:
        return Said(_("Request withdrawn by %(name)s", name=who) if who else _("Request withdrawn by you"))
    return Said(_("Released by %(name)s", name=who) if who else _("Released by you"))


def _expired(booking: Booking, reader: Reader) -> Said:
    if booking.refunded_cents:
        return Said(_("Paid too late, %(amount)s refunded", amount=refunded(booking)))
    if booking.decide_by is None:
        return Said(_("Not paid in time"))
    if booking.end_reason in rules.CARD_FAILED:
        return Said(_("The card could not be charged"))
    if reader.side == COACH:
        return Said(_("You did not answer in time"))
    return Said(_("%(coach)s did not answer in time", coach=coach_of(booking)))


def _declined(booking: Booking, reader: Reader) -> Said:
    who = by_whom(booking, reader)
    return Said(_("Declined by %(name)s", name=who) if who else _("Declined by you"))


def action(booking: Booking, reader: Reader) -> str:
    """What there is for the reader to do with it, for a link."""
    if reader.side == MENTEE and is_held(booking, reader.now):
        if booking.series_id:
            return _("Reserve for all of them") if booking.by_approval else _("Pay for all of them")
        if booking.by_approval:
            return _("Reserve %(price)s", price=price(booking))
        return _("Pay %(price)s", price=price(booking))
    if reader.side == COACH and is_open_request(booking, reader.now):
        return _("Answer")
    if reader.side == COACH and booking.status == rules.CONFIRMED and booking.ends_at <= reader.now:
        return _("Say how it went")
    return _("Open")


def price(booking: Booking) -> str:
    """What it costs."""
    return spoken(booking.price_cents, booking.currency)


def coach_gets(booking: Booking) -> str:
    """The coach's share of what was not refunded, our fee taken off."""
    return spoken(earning_rules.earned(booking)[0], booking.currency)
