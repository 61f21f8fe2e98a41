"""What a payer who comes back reads: the address proves nothing, Stripe is asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace import clock
from marketplace.bookings import rules
from marketplace.bookings.holds import queries as hold_queries
from marketplace.bookings.models import Booking
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.errors import Unavailable
from marketplace.languages import LazyText
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.pages.session.parts import Link, Notice
from marketplace.pages.wording import Reader
from marketplace.payments.rules import UNDECIDED

PAID = "1"


@dataclass(frozen=True)
class ReturnWords:
    """What is said when one comes back; `until` is when the hold ends, `other` with whom the session is."""

    after: dict[str, LazyText]
    checking: LazyText
    unpaid: LazyText
    failed: LazyText


ONE_SESSION = ReturnWords(
    after={
        rules.CONFIRMED: _l("Paid. {other} knows, and the invitation is on its way to both of you."),
        rules.REQUESTED: _l("Sent. {other} has your request."),
    },
    checking=_l("Your payment is being checked. This takes a moment."),
    unpaid=_l("Nothing was paid. The time stays yours until {until}."),
    failed=_l("Nothing was taken, and the time stays yours until {until}. Try again, or pay with another card."),
)
SERIES = ReturnWords(
    after={
        rules.CONFIRMED: _l("Paid. {other} knows, and the invitations are on their way to both of you."),
        rules.REQUESTED: _l("Sent. {other} has your request."),
    },
    checking=_l("Nothing was paid yet. The times stay yours until {until}."),
    unpaid=_l("Nothing was paid yet. The times stay yours until {until}."),
    failed=_l("Nothing was taken, and the times stay yours until {until}. Try again, or pay with another card."),
)
SILENT = _l("Your payment is being checked, but our payment provider does not answer right now. Nothing was lost.")


def settle(booking: Booking) -> bool:
    """Bring the payment in step with Stripe; False if it does not answer."""
    if booking.payment is None or booking.payment.status not in UNDECIDED:
        return True
    try:
        payment_outcomes.settle_payment(str(booking.payment.id))
    except Unavailable:
        return False
    return True


def overlaps(bookings: Sequence[Booking], reader: Reader) -> list[str]:
    """The mentee's other sessions at the times of these, in words."""
    return [
        _(
            "%(title)s with %(coach)s, %(time)s",
            title=each.title,
            coach=each.coach.user.name,
            time=clock.spoken(each.starts_at, reader.zone, each.ends_at),
        )
        for each in hold_queries.overlapping(bookings)
    ]


def notices(
    booking: Booking,
    words: ReturnWords,
    *,
    came_back: str | None,
    checked: bool,
    payable: bool,
    other: str,
    until: str,
    again_url: str,
    overlapping: Sequence[str] = (),
) -> tuple[Notice, ...]:
    """The alerts of a page; `came_back` is what the address says of the payment, none for a usual visit.

    `payable`: may the reader pay now? `overlapping` are the reader's other sessions at the same time, each in words.
    """
    failure = booking.payment.failure_told if payable and booking.payment is not None else None
    told = _told(booking.status, words, came_back=came_back, checked=checked, payable=payable and not failure)
    found = []
    if told is not None:
        kind, sentence, again = told
        link = Link(_("Check again"), again_url) if again else None
        found.append(Notice(kind, sentence.format(other=other, until=until), link=link))
    if overlapping and payable:
        found.append(
            Notice("warning", _("You have something else at the same time: %(join)s.", join="; ".join(overlapping)))
        )
    if failure:
        found.append(Notice("danger", words.failed.format(until=until), strong=str(failure)))
    return tuple(found)


def _told(
    status: str, words: ReturnWords, *, came_back: str | None, checked: bool, payable: bool
) -> tuple[str, LazyText, bool] | None:
    """Kind, sentence, and whether there is something to check again."""
    if came_back == PAID and not checked:
        return "warning", SILENT, True
    if came_back == PAID and status in words.after:
        return "success", words.after[status], False
    if came_back == PAID and payable:
        return "info", words.checking, words.checking != words.unpaid
    if came_back and payable:
        return "info", words.unpaid, False
    return None
