"""What a dispute does to the sessions that its payment paid: earnings wait aside, come back, or are gone."""

from collections.abc import Sequence

from marketplace.audit.service import record
from marketplace.bookings import queries, rules
from marketplace.bookings.models import Booking
from marketplace.bookings.service import telling_disputes
from marketplace.db import transactional
from marketplace.ledger import rules as accounts
from marketplace.ledger.queries import cents_of
from marketplace.ledger.service import post
from marketplace.money import split
from marketplace.payments import queries as payments
from marketplace.payments import rules as money
from marketplace.payments.models import Dispute
from marketplace.payments.service import tax_in


@transactional
def dispute_changed(stripe_id: str) -> None:
    """Bring the sessions of a disputed payment in step with it. Safe in any order and any number of times."""
    together = queries.locked_of_payment(payments.dispute_by_stripe_id(stripe_id).payment_id)
    if not together:
        return
    dispute = payments.locked_dispute(stripe_id)
    if money.holds_back(dispute.status):
        _set_aside(dispute, together)
    if dispute.status == money.LOST:
        _lose(dispute, together)
    elif dispute.status in money.DROPPED:
        _give_back(dispute, together)
    telling_disputes.changed(dispute, together[0])


def _portions(dispute: Dispute, together: Sequence[Booking]) -> list[int]:
    """What of a dispute, its tax left out, falls on each session: as what was kept of each, never more than that."""
    kept = [booking.price_cents - booking.refunded_cents for booking in together]
    disputed = dispute.amount_cents - tax_in(dispute.payment, dispute)
    return split(min(disputed, sum(kept)), kept) if sum(kept) else [0] * len(kept)


def _coachs_part(booking: Booking, portion: int) -> int:
    """How much less the coach earns if `portion` of what was kept is taken back."""
    kept = booking.price_cents - booking.refunded_cents
    before, _fee = rules.shares(kept, booking.fee_basis_points)
    after, _fee = rules.shares(kept - portion, booking.fee_basis_points)
    return before - after


def _set_aside(dispute: Dispute, together: Sequence[Booking]) -> None:
    """What was released already leaves the coach's balance at once."""
    for booking, portion in zip(together, _portions(dispute, together), strict=True):
        if booking.released_at is not None:
            _move(
                f"dispute-reserve:{dispute.id}:{booking.id}",
                booking,
                debit=accounts.coach(booking.coach_id),
                credit=accounts.reserve(booking.coach_id),
                cents=_coachs_part(booking, portion),
            )


def _lose(dispute: Dispute, together: Sequence[Booking]) -> None:
    """The payer has her money: sessions not yet paid out and what was set aside pay for it, the rest is our cost."""
    for booking, portion in zip(together, _portions(dispute, together), strict=True):
        aside = cents_of(f"dispute-reserve:{dispute.id}:{booking.id}")
        debit = accounts.reserve(booking.coach_id) if booking.released_at is not None else accounts.SESSIONS_OWED
        cents = aside if booking.released_at is not None else portion
        lost = f"dispute-lost:{dispute.id}:{booking.id}"
        if _move(lost, booking, debit=debit, credit=accounts.DISPUTES, cents=cents):
            booking.refunded_cents += portion
            record(None, "booking.dispute_lost", booking.id, cents=portion, dispute=dispute.stripe_id)


def _give_back(dispute: Dispute, together: Sequence[Booking]) -> None:
    """Nothing was lost: what was set aside is the coach's again."""
    for booking in together:
        _move(
            f"dispute-won:{dispute.id}:{booking.id}",
            booking,
            debit=accounts.reserve(booking.coach_id),
            credit=accounts.coach(booking.coach_id),
            cents=cents_of(f"dispute-reserve:{dispute.id}:{booking.id}"),
        )


def _move(key: str, booking: Booking, *, debit: str, credit: str, cents: int) -> bool:
    return post(key, debit=debit, credit=credit, cents=cents, currency=booking.currency, subject_id=booking.id)
