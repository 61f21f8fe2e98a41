"""Who may cancel until when, and what is refunded. Pure: `now` is passed in."""

from dataclasses import dataclass
from datetime import datetime

from marketplace.languages import gettext as _
from marketplace.policies.rules import Terms, part


@dataclass(frozen=True)
class RefundQuote:
    """What cancelling now would do, in cents, and the sentence that says why."""

    refund_cents: int
    kept_cents: int
    why: str


def quote(
    terms: Terms,
    *,
    price_cents: int,
    starts_at: datetime,
    booked_at: datetime,
    now: datetime,
    by_coach: bool,
    at_most_cents: int | None = None,
) -> RefundQuote:
    """The exact refund if the mentee, or the coach, cancels a paid session at `now`.

    `at_most_cents` is what would have been refunded when the mentee rescheduled it: that is no way round the hours
    before a session.
    """
    if by_coach:
        return RefundQuote(price_cents, 0, _("The coach cancels, so everything is refunded."))
    cents, why = terms.refund(price_cents, starts_at=starts_at, booked_at=booked_at, now=now)
    if at_most_cents is not None and at_most_cents < cents:
        cents = at_most_cents
        then = part(at_most_cents * 100 // price_cents)
        why = _("You moved it when %(then)s would have been refunded, and that is what is refunded now.", then=then)
    return RefundQuote(cents, price_cents - cents, why)


def may_cancel_as_mentee(*, starts_at: datetime, now: datetime) -> bool:
    """May the mentee still cancel? Until it starts."""
    return now < starts_at
