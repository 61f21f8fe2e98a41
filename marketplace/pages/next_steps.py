"""What comes next in a session, and who does it, in a sentence or two for its reader. Pure."""

from marketplace.bookings import rules
from marketplace.bookings.completions import rules as completion_rules
from marketplace.bookings.earnings import rules as earning_rules
from marketplace.bookings.models import Booking
from marketplace.bookings.payment_outcomes.bank_debits import arrives_in_time as debit_in_time
from marketplace.languages import gettext as _
from marketplace.pages.wording import (
    ADMIN,
    COACH,
    MENTEE,
    Reader,
    coach_gets,
    coach_of,
    is_accepted,
    is_held,
    is_open_request,
    is_settling,
    price,
    refunded,
)


def next_step(booking: Booking, reader: Reader, payer: str = "") -> str:
    """One or two sentences: what happens now, and who does it. '' where nothing does.

    `payer` is who paid in the mentee's stead.
    """
    # What comes next is said where it is said who came.
    if booking.frozen_at is not None:
        return ""
    if booking.status in rules.CALLED_OFF:
        return _after_ended(booking, reader, payer)
    steps = {
        rules.HELD: _after_held,
        rules.REQUESTED: _after_requested,
        rules.CONFIRMED: _after_confirmed,
        rules.COMPLETED: _after_completed,
    }
    return steps[booking.status](booking, reader)


def _after_held(booking: Booking, reader: Reader) -> str:
    if not is_held(booking, reader.now):
        return _("The time is free again.")
    until = reader.when(booking.hold_expires_at)
    if reader.side != MENTEE:
        return _("The time is kept for %(mentee)s until %(time)s.", mentee=booking.mentee.name, time=until)
    if is_settling(booking):
        return _(
            "The bank is sending the money; we keep this time for you until %(time)s. It is booked once it is here.",
            time=until,
        )
    if booking.by_approval:
        return _(
            "Your card is asked to reserve %(price)s; it is taken only if %(coach)s accepts. "
            "Without a reservation the time is free again at %(time)s.",
            price=price(booking),
            coach=coach_of(booking),
            time=until,
        )
    said = _("Once it is paid, the session is yours. Unpaid, the time is free again at %(time)s.", time=until)
    if debit_in_time([booking]):
        return said
    return " ".join([said, _("It begins too soon for a bank debit, so it is paid by card.")])


def _after_requested(booking: Booking, reader: Reader) -> str:
    if is_accepted(booking):
        return _("%(price)s is being taken from the card; then the session is confirmed.", price=price(booking))
    if not is_open_request(booking, reader.now):
        return _("Nothing is taken from the card.")
    if reader.side == COACH:
        return _(
            "Accept, and %(price)s is taken from %(mentee)s's card: you get %(amount)s. "
            "Decline, or let it lapse, and nothing is taken.",
            price=price(booking),
            mentee=booking.mentee.name,
            amount=coach_gets(booking),
        )
    return _(
        "%(price)s is reserved on the card, and taken only if %(coach)s accepts.",
        price=price(booking),
        coach=coach_of(booking),
    )


def _after_confirmed(booking: Booking, reader: Reader) -> str:
    if reader.now < booking.ends_at:
        if reader.side == ADMIN:
            return ""
        return _("The invitation for your calendar is in the mail we sent you, and here.")
    itself = reader.when(booking.ends_at + completion_rules.COMPLETES_ITSELF_AFTER)
    if reader.side == COACH:
        return _("Without a word from you it counts as held at %(time)s.", time=itself)
    return _("Without a word from %(coach)s it counts as held at %(time)s.", coach=coach_of(booking), time=itself)


def _after_completed(booking: Booking, reader: Reader) -> str:
    if booking.released_at is not None or booking.is_free:
        return ""
    due = reader.when(earning_rules.releasable_at(booking.terms, booking.ends_at))
    if reader.side == COACH:
        return _(
            "%(amount)s becomes payable to you at %(time)s, unless the payment is disputed.",
            amount=coach_gets(booking),
            time=due,
        )
    return _("If it was not so, answer the mail we sent you before %(time)s: until then nothing is paid out.", time=due)


def _after_ended(booking: Booking, reader: Reader, payer: str) -> str:
    if booking.refunded_cents:
        if payer:
            return _(
                "%(refund)s is refunded to %(name)s, who paid for it. Banks take up to ten days to show it.",
                refund=refunded(booking),
                name=payer,
            )
        if reader.side == MENTEE:
            return _(
                "%(amount)s is refunded to your card. Banks take up to ten days to show it.", amount=refunded(booking)
            )
        return _(
            "%(amount)s is refunded to %(mentee)s's card. Banks take up to ten days to show it.",
            amount=refunded(booking),
            mentee=booking.mentee.name,
        )
    if booking.confirmed_at is not None:
        return ""
    return _("Nothing was taken.") if booking.payment_id is not None else ""
