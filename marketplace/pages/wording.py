"""What is said of a session to its reader: its state in words, and what comes next. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.bookings import rules
from marketplace.bookings.completions import rules as completion_rules
from marketplace.bookings.earnings import rules as earning_rules
from marketplace.bookings.models import Booking
from marketplace.bookings.payment_outcomes.bank_debits import arrives_in_time as debit_in_time
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
        return f"{coach_of(booking)} and {booking.mentee.name}"
    return booking.mentee.name if reader.side == COACH else coach_of(booking)


def by_whom(booking: Booking, reader: Reader) -> str:
    """Who ended it: 'you' or a name."""
    ended_by = COACH if booking.ended_by == booking.coach.user_id else MENTEE
    if ended_by == reader.side:
        return "you"
    return coach_of(booking) if ended_by == COACH else booking.mentee.name


def refunded(booking: Booking) -> str:
    """What was refunded, as people read it."""
    return with_tax(booking, spoken(booking.refunded_cents, booking.currency))


def with_tax(booking: Booking, amount: str) -> str:
    """A part of the price that was paid or refunded: '120.00 USD', with its tax where there was any."""
    return f"{amount} and its tax" if booking.payment is not None and booking.payment.tax_cents else amount


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
        return Said(f"{booking.mentee.name} and {coach_of(booking)} do not agree on who came", "warm")
    return Said("Not settled who came", "warm")


def _held(booking: Booking, reader: Reader) -> Said:
    if not is_held(booking, reader.now):
        return Said("Not paid in time")
    if is_settling(booking):
        whose = "Your" if reader.side == MENTEE else f"{booking.mentee.name}'s"
        return Said(f"{whose} bank is sending the money", "warm")
    if reader.side != MENTEE:
        return Said(f"Held by {booking.mentee.name}, not paid yet")
    left = countdown(booking.hold_expires_at, reader.now)
    return Said(f"Waiting for payment, {left} left", "warm", left, booking.hold_expires_at)


def _requested(booking: Booking, reader: Reader) -> Said:
    if is_accepted(booking):
        return Said("Accepted, the payment is being taken", "good")
    if booking.decide_by is None or not is_open_request(booking, reader.now):
        return Said("Not answered in time")
    whose = "your" if reader.side == COACH else f"{coach_of(booking)}'s"
    return Said(f"Waiting for {whose} answer until {reader.when(booking.decide_by)}", "warm")


def _confirmed(booking: Booking, reader: Reader) -> Said:
    if reader.now < booking.starts_at:
        return Said("Confirmed", "good")
    if reader.now < booking.ends_at:
        return Said("Under way", "good")
    return Said("Over: say how it went", "warm") if reader.side == COACH else Said("Over")


def _completed(booking: Booking, reader: Reader) -> Said:
    if booking.outcome == rules.TOOK_PLACE:
        return Said("Took place")
    who = "You" if reader.side == MENTEE else booking.mentee.name
    return Said(f"{who} did not come")


def _cancelled(booking: Booking, reader: Reader) -> Said:
    if booking.end_reason == rules.COACH_NO_SHOW:
        amount = refunded(booking)
        if reader.side == COACH:
            return Said(f"You did not come, {amount} refunded")
        return Said(f"{coach_of(booking)} did not come, {amount} refunded")
    who = by_whom(booking, reader)
    if booking.confirmed_at is not None:
        amount = refunded(booking) if booking.refunded_cents else "nothing"
        return Said(f"Cancelled by {who}, {amount} refunded")
    if booking.refunded_cents:
        return Said(f"Cancelled by {who} before it was paid, {refunded(booking)} refunded")
    return Said(f"Request withdrawn by {who}" if booking.decide_by else f"Released by {who}")


def _expired(booking: Booking, reader: Reader) -> Said:
    if booking.refunded_cents:
        return Said(f"Paid too late, {refunded(booking)} refunded")
    if booking.decide_by is None:
        return Said("Not paid in time")
    if booking.end_reason in rules.CARD_FAILED:
        return Said("The card could not be charged")
    return Said("You did not answer in time" if reader.side == COACH else f"{coach_of(booking)} did not answer in time")


def _declined(booking: Booking, reader: Reader) -> Said:
    return Said(f"Declined by {by_whom(booking, reader)}")


def action(booking: Booking, reader: Reader) -> str:
    """What there is for the reader to do with it, for a link."""
    if reader.side == MENTEE and is_held(booking, reader.now):
        reserve = "Reserve" if booking.by_approval else "Pay"
        return f"{reserve} for all of them" if booking.series_id else f"{reserve} {price(booking)}"
    if reader.side == COACH and is_open_request(booking, reader.now):
        return "Answer"
    if reader.side == COACH and booking.status == rules.CONFIRMED and booking.ends_at <= reader.now:
        return "Say how it went"
    return "Open"


def next_step(booking: Booking, reader: Reader) -> str:
    """One or two sentences: what happens now, and who does it. '' where nothing does."""
    steps = {
        rules.HELD: _after_held,
        rules.REQUESTED: _after_requested,
        rules.CONFIRMED: _after_confirmed,
        rules.COMPLETED: _after_completed,
        rules.CANCELLED: _after_ended,
        rules.EXPIRED: _after_ended,
        rules.DECLINED: _after_ended,
    }
    # What comes next is said where it is said who came.
    return steps[booking.status](booking, reader) if booking.frozen_at is None else ""


def price(booking: Booking) -> str:
    """What it costs."""
    return spoken(booking.price_cents, booking.currency)


def coach_gets(booking: Booking) -> str:
    """The coach's share of what was not refunded, our fee taken off."""
    return spoken(earning_rules.earned(booking)[0], booking.currency)


def _after_held(booking: Booking, reader: Reader) -> str:
    if not is_held(booking, reader.now):
        return "The time is free again."
    until = reader.when(booking.hold_expires_at)
    if reader.side != MENTEE:
        return f"The time is kept for {booking.mentee.name} until {until}."
    if is_settling(booking):
        return f"Your bank is sending the money; we keep this time for you until {until}. It is booked once it is here."
    if booking.by_approval:
        return (
            f"Your card is asked to reserve {price(booking)}; it is taken only if {coach_of(booking)} accepts. "
            f"Without a reservation the time is free again at {until}."
        )
    card = "" if debit_in_time([booking]) else " It begins too soon for a bank debit, so it is paid by card."
    return f"Once it is paid, the session is yours. Unpaid, the time is free again at {until}.{card}"


def _after_requested(booking: Booking, reader: Reader) -> str:
    if is_accepted(booking):
        return f"{price(booking)} is being taken from the card; then the session is confirmed."
    if not is_open_request(booking, reader.now):
        return "Nothing is taken from the card."
    if reader.side == COACH:
        return (
            f"Accept, and {price(booking)} is taken from {booking.mentee.name}'s card: you get {coach_gets(booking)}. "
            "Decline, or let it lapse, and nothing is taken."
        )
    return f"{price(booking)} is reserved on the card, and taken only if {coach_of(booking)} accepts."


def _after_confirmed(booking: Booking, reader: Reader) -> str:
    if reader.now < booking.ends_at:
        return "The invitation for your calendar is in the mail we sent you, and here." if reader.side != ADMIN else ""
    itself = reader.when(booking.ends_at + completion_rules.COMPLETES_ITSELF_AFTER)
    return f"Without a word from {'you' if reader.side == COACH else coach_of(booking)} it counts as held at {itself}."


def _after_completed(booking: Booking, reader: Reader) -> str:
    if booking.released_at is not None:
        return ""
    due = reader.when(earning_rules.releasable_at(booking.terms, booking.ends_at))
    if reader.side == COACH:
        return f"{coach_gets(booking)} becomes payable to you at {due}, unless the payment is disputed."
    return f"If it was not so, answer the mail we sent you before {due}: until then nothing is paid out."


def _after_ended(booking: Booking, reader: Reader) -> str:
    if booking.refunded_cents:
        if reader.side == MENTEE:
            return f"{refunded(booking)} is refunded to your card. Banks take up to ten days to show it."
        return f"{refunded(booking)} is refunded to {booking.mentee.name}'s card. Banks take up to ten days to show it."
    if booking.confirmed_at is not None:
        return ""
    return "Nothing was taken." if booking.payment_id is not None else ""
