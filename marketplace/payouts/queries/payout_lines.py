"""What payouts are made of, entry by entry."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import aliased

from marketplace.accounts.models import User
from marketplace.bookings.models import Booking
from marketplace.bookings.overruns.models import Overrun
from marketplace.db import session
from marketplace.ledger.models import Entry
from marketplace.payouts.models import Payout, PayoutLine
from marketplace.payouts.rules import statements as statement_rules
from marketplace.written_answers.models import WrittenAnswer


@dataclass(frozen=True)
class PayoutStatementLine:
    """What one entry brought, or took back: the session it is about, or None.

    In cents, in the order of `position`. Of the entry by which a session was earned also what was paid for it and our
    fee; what had been refunded before is what is left of the price.
    """

    position: int
    key: str | None
    session: str | None
    starts_at: datetime | None
    cents: int
    entry_id: uuid.UUID | None = None
    booked_at: datetime | None = None
    booking_id: uuid.UUID | None = None
    mentee: str | None = None
    price_cents: int | None = None
    fee_cents: int | None = None

    @property
    def refunded_cents(self) -> int | None:
        """What was refunded of the price before it was earned; None where nothing was earned here."""
        if self.price_cents is None or self.fee_cents is None:
            return None
        return self.price_cents - self.cents - self.fee_cents

    @property
    def title(self) -> str:
        """The session's title, or what else it is."""
        return self.session or statement_rules.line_title(self.key)

    @property
    def what(self) -> str:
        """What happened, where it is not that a session was earned: ''."""
        return statement_rules.line_words(self.key) if self.session else ""


def statement_lines(payout: Payout, *, after: int = 0, limit: int | None = None) -> list[PayoutStatementLine]:
    """What a payout is made of; `after` is the position at which the page before ended."""
    chosen = _lines().where(PayoutLine.payout_id == payout.id, PayoutLine.position > after)
    rows = session().execute(chosen.order_by(PayoutLine.position).limit(limit))
    return [_line(row) for row in rows]


def first_lines(run_id: uuid.UUID, limit: int) -> Mapping[uuid.UUID, list[PayoutStatementLine]]:
    """The first so many lines of each payout of a run, by the payout's id."""
    chosen = _lines().join(Payout, Payout.id == PayoutLine.payout_id)
    chosen = chosen.where(Payout.run_id == run_id, PayoutLine.position <= limit)
    found: dict[uuid.UUID, list[PayoutStatementLine]] = {}
    for row in session().execute(chosen.order_by(PayoutLine.payout_id, PayoutLine.position)):
        found.setdefault(row[0], []).append(_line(row))
    return found


def line_counts(run_id: uuid.UUID) -> Mapping[uuid.UUID, int]:
    """How many lines each payout of a run has, by the payout's id."""
    chosen = select(PayoutLine.payout_id, func.count()).join(Payout, Payout.id == PayoutLine.payout_id)
    rows = session().execute(chosen.where(Payout.run_id == run_id).group_by(PayoutLine.payout_id))
    return {row[0]: row[1] for row in rows}


def count_lines(payout_id: uuid.UUID) -> int:
    """How many lines a payout has."""
    return int(session().scalar(select(func.count()).where(PayoutLine.payout_id == payout_id)) or 0)


def with_sessions(chosen: Any) -> Any:
    """Entries with what they are about: title, start, id, mentee; paid and our fee where it was earned.

    That is a session, with its id, or a written answer, whose start is when it was delivered.
    """
    fee = aliased(Entry)
    is_earned = Entry.key.startswith(statement_rules.EARNED, autoescape=True)
    # A fee below zero, which makes up the coach's share, is booked the other way round.
    fee_cents = func.coalesce(case((fee.debit_id == Entry.debit_id, fee.cents), else_=-fee.cents), 0)
    return (
        chosen.add_columns(
            func.coalesce(Booking.title, WrittenAnswer.title).label("session"),
            func.coalesce(Booking.starts_at, WrittenAnswer.delivered_at).label("starts_at"),
            Booking.id.label("booking_id"),
            User.name.label("mentee"),
            User.id.label("mentee_id"),
            case((is_earned, func.coalesce(Overrun.price_cents, Booking.price_cents, WrittenAnswer.price_cents))).label(
                "price_cents"
            ),
            case((is_earned, fee_cents)).label("fee_cents"),
        )
        .outerjoin(Overrun, Overrun.id == Entry.subject_id)
        .outerjoin(Booking, Booking.id == func.coalesce(Overrun.booking_id, Entry.subject_id))
        .outerjoin(WrittenAnswer, WrittenAnswer.id == Entry.subject_id)
        .outerjoin(User, User.id == func.coalesce(Booking.mentee_id, WrittenAnswer.mentee_id))
        .outerjoin(fee, and_(is_earned, fee.key == func.concat(statement_rules.FEE, Entry.subject_id)))
    )


def _lines() -> Any:
    lines = select(
        PayoutLine.payout_id,
        PayoutLine.position,
        Entry.key,
        PayoutLine.cents,
        PayoutLine.entry_id,
        Entry.booked_at,
    )
    return with_sessions(lines.outerjoin(Entry, Entry.id == PayoutLine.entry_id))


def _line(row: Any) -> PayoutStatementLine:
    said = dict(row._mapping)
    del said["payout_id"], said["mentee_id"]
    return PayoutStatementLine(**said)
