"""Commands: check times that a coach offers, hold one as long as its quote, let it go."""

from collections.abc import Sequence
from datetime import datetime

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.asks.models import Ask
from marketplace.asks.quotes.models import Quote
from marketplace.asks.quotes.offered_times import queries as times
from marketplace.asks.quotes.offered_times import rules
from marketplace.bookings import rules as booking_rules
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.holds import service as holds
from marketplace.bookings.holds.agreed import hold_agreed
from marketplace.bookings.intro_credits import queries as intro_credits
from marketplace.bookings.models import Booking
from marketplace.bookings.terms.service import TermsSnapshot
from marketplace.coaches.models import Offering
from marketplace.errors import Conflict, Invalid
from marketplace.languages import gettext as _
from marketplace.languages import ngettext
from marketplace.payments import rules as payment_rules
from marketplace.scheduling.queries import free_times


class TimeTaken(Conflict):
    """This time was taken meanwhile. Choose another of the times that are shown."""


def checked(offering: Offering, given: Sequence[datetime]) -> list[datetime]:
    """The times in order, if they are few and the coach is free then; raises Invalid naming `times`."""
    found = rules.in_order(given)
    if len(found) > rules.MOST_TIMES:
        most = rules.MOST_TIMES
        raise Invalid(times=ngettext("Offer one time at most.", "Offer %(num)s times at most.", most))
    offered = times.as_offered(offering)
    for starts_at in found:
        if not free_times.is_free(offered, starts_at):
            at = clock.spoken(starts_at, offering.coach.timezone)
            raise Invalid(times=_("You are not free for so long on %(time)s. Choose another time.", time=at))
        holds.check_licence(offering, starts_at, None)
    return found


def hold(
    asker: User, quote: Quote, offering: Offering, starts_at: datetime, terms: TermsSnapshot, *, brief: str
) -> Booking:
    """Hold a time for a locked quote: one that went with it as long as the quote stands, else the usual minutes.

    While one of those is free, it is one of them. Raises TimeTaken, Invalid, and what `holds.hold` raises.
    """
    known = {each.starts_at: each.free for each in times.offered_times(quote)}
    if not any(known.values()):
        return holds.hold_on_terms(asker, offering, starts_at, terms, brief=brief)
    if starts_at not in known:
        raise Invalid(starts_at=_("Choose one of the times that are offered."))
    holds.admit(asker, offering)
    booking = hold_offered(asker, quote, offering, starts_at, terms, brief=brief) if known[starts_at] else None
    if booking is None:
        raise TimeTaken
    return booking


def hold_offered(
    asker: User, quote: Quote, offering: Offering, starts_at: datetime, terms: TermsSnapshot, *, brief: str
) -> Booking | None:
    """Hold a time that its coach offers, as long as the quote stands; None where it is taken."""
    credit = intro_credits.credit_for(asker, offering)
    until = rules.held_until(quote.valid_until, starts_at)
    return hold_agreed(asker, offering, starts_at, terms, brief=brief, until=until, credit=credit)


def let_go(ask: Ask, quote: Quote, *, by: User) -> bool:
    """Let the time go that is held with a locked quote; False where it is being paid for, or was chosen by the asker
    for the usual minutes."""
    booking = quote.booking
    if booking is None or not booking.offered or booking.status != booking_rules.HELD:
        return False
    if booking.payment is not None and booking.payment.status in payment_rules.UNDECIDED:
        return False
    cancellations.cancel(by, booking_id=booking.id, expected_refund_cents=0)
    return True
