"""The timeline of a booking's money: asked for, paid, refunded, disputed, earned, paid out."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.accounts.queries import only_admins
from marketplace.bookings.models import Booking
from marketplace.bookings.queries import WHOLE
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.languages import gettext as _
from marketplace.ledger.models import Entry
from marketplace.ledger.queries import entries as entry_queries
from marketplace.ledger_reports import rules
from marketplace.ledger_reports.queries.account_statements import labels
from marketplace.money import spoken
from marketplace.payments import queries as payments
from marketplace.payments import rules as payment_rules
from marketplace.payments.models import Payment
from marketplace.payouts.models import Payout, PayoutLine
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.rules import states as payout_states

# The timeline of a payment for many sessions has at most some dozens of entries.
MOST_ENTRIES = 1000


@dataclass(frozen=True)
class LedgerTimelineEvent:
    """Something that happened; where `cents` is not None it is an entry of the ledger, else what we knew or decided."""

    at: datetime
    description: str
    key: str | None = None
    cents: int | None = None
    currency: str | None = None
    debit: str | None = None
    credit: str | None = None
    source: str | None = None


@dataclass(frozen=True)
class RemainingBalance:
    """What all that left on an account, in cents: debits less credits."""

    name: str
    label: str
    currency: str
    cents: int


@dataclass(frozen=True)
class LedgerTimeline:
    """The money of what was paid together, or of one payout. `labels` are the accounts in words."""

    bookings: Sequence[Booking]
    payment: Payment | None
    payouts: Sequence[Payout]
    events: list[LedgerTimelineEvent]
    balances: list[RemainingBalance]
    labels: dict[str, str] = field(repr=False)


def timeline(admin: User, about: uuid.UUID) -> LedgerTimeline:
    """The timeline of a booking, a payment, a payout or of whatever has entries, by its id; NotFound."""
    only_admins(admin)
    payout = run_queries.find(str(about))
    booking = session().get(Booking, about)
    payment = payments.find(booking.payment_id if booking and booking.payment_id else about) or payments.of_subject(
        about
    )
    sold = _bookings(Booking.id == about if payment is None else Booking.payment_id == payment.id)
    subjects = {about, *(each.id for each in sold), *([payment.subject_id] if payment else [])}
    lines = entry_queries.entries(subject_ids=list(subjects), limit=MOST_ENTRIES)
    if not (payout or sold or payment or lines):
        raise NotFound
    words = labels(name for line in lines for name in (line.debit, line.credit))
    carried = [payout] if payout else _carriers(sold)
    events = [*_known(payment), *_booked(lines), *_carried(carried if not payout else [])]
    # Sorted by time alone: of one moment, what was asked for comes before what was booked, and a payout after it.
    return LedgerTimeline(
        sold, payment, carried, sorted(events, key=lambda event: event.at), _balances(lines, words), words
    )


def _bookings(which: object) -> Sequence[Booking]:
    chosen = select(Booking).options(*WHOLE).where(which).order_by(Booking.starts_at, Booking.id)  # type: ignore[arg-type]
    return session().scalars(chosen).all()


def _booked(lines: Sequence[entry_queries.NamedEntry]) -> Iterator[LedgerTimelineEvent]:
    for line in reversed(lines):
        words = rules.fact(line.key, line.debit)
        yield LedgerTimelineEvent(
            line.booked_at, words, line.key, line.cents, line.currency, line.debit, line.credit, line.source
        )


def _known(payment: Payment | None) -> Iterator[LedgerTimelineEvent]:
    """What we asked for and were told beside the entries: a payment, refunds, disputes."""
    if payment is None:
        return
    amount = spoken(payment.amount_cents, payment.currency)
    yield LedgerTimelineEvent(
        payment.intended_at,
        _("%(sum)s was asked for: %(what)s", sum=amount, what=payment.description),
        source=payment.checkout_id,
    )
    for refund in payments.refunds_of(payment.id):
        amount = spoken(refund.amount_cents, payment.currency)
        yield LedgerTimelineEvent(
            refund.intended_at,
            _("%(sum)s is to be refunded: %(reason)s", sum=amount, reason=refund.reason_told),
            source=refund.stripe_id,
        )
        if refund.status == payment_rules.HELD:
            yield LedgerTimelineEvent(
                refund.intended_at, _("%(sum)s is a refund on hold: the bank decides a dispute first", sum=amount)
            )
        if refund.status == payment_rules.COVERED:
            yield LedgerTimelineEvent(
                refund.settled_at or refund.intended_at,
                _("%(sum)s was returned through the bank's dispute", sum=amount),
            )
        if refund.status == payment_rules.FAILED:
            said = refund.failure_told or _("no reason given")
            yield LedgerTimelineEvent(
                refund.settled_at or refund.intended_at,
                _("%(sum)s could not be refunded: %(reason)s", sum=amount, reason=said),
            )
    for dispute in payments.disputes_of(payment.id):
        amount = spoken(dispute.amount_cents, payment.currency)
        reason = dispute.reason.replace("_", " ")
        yield LedgerTimelineEvent(
            dispute.opened_at,
            _("The mentee's bank asks about %(sum)s: %(reason)s", sum=amount, reason=reason),
            source=dispute.stripe_id,
        )
        if dispute.submitted_at:
            yield LedgerTimelineEvent(
                dispute.submitted_at, _("Our evidence was sent to the bank"), source=dispute.stripe_id
            )
        if dispute.closed_at:
            yield LedgerTimelineEvent(dispute.closed_at, _ended(dispute.status), source=dispute.stripe_id)


def _ended(dispute_status: str) -> str:
    known = {payment_rules.WON: _("The dispute was won"), payment_rules.LOST: _("The dispute was lost")}
    return known.get(dispute_status, _("The bank asks no more"))


def _carried(carriers: Sequence[Payout]) -> Iterator[LedgerTimelineEvent]:
    for payout in carriers:
        amount = spoken(payout.amount_cents, payout.currency)
        at = payout.sent_at or payout.tried_at or payout.created_at
        yield LedgerTimelineEvent(
            at,
            _("Paid out to %(name)s, within a payout of %(sum)s", name=f"@{payout.coach.handle}", sum=amount),
            source=payout.stripe_id,
        )


def _carriers(sold: Sequence[Booking]) -> list[Payout]:
    """The payouts that took what these sessions earned to their coaches."""
    chosen = (
        select(PayoutLine.payout_id)
        .join(Entry, Entry.id == PayoutLine.entry_id)
        .where(Entry.subject_id.in_([booking.id for booking in sold]), PayoutLine.live, PayoutLine.cents > 0)
    )
    sent = Payout.status.in_(payout_states.TAKEN_FROM_BALANCE)
    return list(session().scalars(select(Payout).where(Payout.id.in_(chosen), sent).order_by(Payout.id)))


def _balances(lines: Sequence[entry_queries.NamedEntry], words: dict[str, str]) -> list[RemainingBalance]:
    sums: dict[tuple[str, str], int] = {}
    for line in lines:
        for name, cents in ((line.debit, line.cents), (line.credit, -line.cents)):
            sums[line.currency, name] = sums.get((line.currency, name), 0) + cents
    return [
        RemainingBalance(name, words[name], currency, cents)
        for (currency, name), cents in sorted(sums.items())
        if cents
    ]
