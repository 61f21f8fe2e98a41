"""Reading what is open of a person, their wish to leave, and the copies made for them."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.asks.models import Ask
from marketplace.asks.rules import states as ask_states
from marketplace.attendance.models import NoShowReport
from marketplace.attendance.rules import UNSETTLED
from marketplace.audit import queries as audit
from marketplace.bookings import rules as booking_rules
from marketplace.bookings.models import Booking
from marketplace.coaches.models import Coach, Offering
from marketplace.db import session
from marketplace.errors import Conflict, NotFound
from marketplace.files.models import StoredFile
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.queries import balances as balance_queries
from marketplace.money import spoken
from marketplace.payments import rules as payment_rules
from marketplace.payments.models import Dispute, Payment, Refund
from marketplace.payouts.models import Payout, PayoutReversal
from marketplace.payouts.rules import states as payout_states
from marketplace.personal_data.models import AccountDeletion, AccountExport
from marketplace.personal_data.rules.reasons import Open, ReasonToStay, reasons
from marketplace.session_credits import rules as credit_rules
from marketplace.session_credits.models import SessionCredit
from marketplace.written_answers import rules as answer_rules
from marketplace.written_answers.models import WrittenAnswer


class ExportNotReady(Conflict):
    """Your copy is still being made. A mail tells you when it is ready."""


def coach_id_of(user_id: uuid.UUID) -> uuid.UUID | None:
    """The key of a person's profile as a coach."""
    return session().scalar(select(Coach.id).where(Coach.user_id == user_id))


def reasons_against(person: User) -> list[ReasonToStay]:
    """Why this account cannot be deleted now; nothing where it can."""
    coach_id = coach_id_of(person.id)
    whose = or_(Booking.mentee_id == person.id, Booking.coach_id == coach_id)
    mine = select(Booking.id).where(whose)
    answers = or_(WrittenAnswer.mentee_id == person.id, WrittenAnswer.coach_id == coach_id)
    paid = or_(
        Payment.payer_id == person.id,
        Payment.id.in_(select(Booking.payment_id).where(Booking.coach_id == coach_id)),
        Payment.id.in_(select(WrittenAnswer.payment_id).where(WrittenAnswer.coach_id == coach_id)),
        Payment.id.in_(select(SessionCredit.payment_id).where(SessionCredit.coach_id == coach_id)),
    )
    payments = select(Payment.id).where(paid)
    kept = (Booking.refunded_cents < Booking.price_cents) | (Booking.platform_paid_cents > 0)
    return reasons(
        Open(
            is_admin=person.has_role("admin"),
            sessions=_count(Booking, whose, Booking.status.in_(booking_rules.CLAIMING)),
            answers=_count(WrittenAnswer, answers, WrittenAnswer.status.in_(answer_rules.CLAIMING)),
            credits=_count(
                SessionCredit,
                or_(SessionCredit.mentee_id == person.id, SessionCredit.coach_id == coach_id),
                SessionCredit.status.in_((credit_rules.UNPAID, credit_rules.OPEN)),
            ),
            asks=_count(
                Ask, or_(Ask.asker_id == person.id, Ask.coach_id == coach_id), Ask.status.in_(ask_states.WAITING)
            ),
            reports=_count(NoShowReport, NoShowReport.booking_id.in_(mine), NoShowReport.status.in_(UNSETTLED))
            + _count(WrittenAnswer, answers, WrittenAnswer.frozen_at.is_not(None)),
            disputes=_count(Dispute, Dispute.payment_id.in_(payments), Dispute.closed_at.is_(None)),
            payments=_count(Payment, paid, Payment.status.in_(payment_rules.UNDECIDED)),
            refunds=_count(
                Refund, Refund.payment_id.in_(payments), Refund.status.in_((*payment_rules.UNSETTLED_REFUNDS, "held"))
            ),
            unreleased=_count(
                Booking,
                whose,
                kept,
                Booking.status.in_(booking_rules.RELEASABLE),
                Booking.released_at.is_(None),
                Booking.payment_id.in_(select(Payment.id).where(paid, Payment.status == payment_rules.PAID)),
            )
            + _count(
                WrittenAnswer,
                answers,
                WrittenAnswer.status == answer_rules.DELIVERED,
                WrittenAnswer.refunded_cents < WrittenAnswer.price_cents,
                WrittenAnswer.released_at.is_(None),
            ),
            **({} if coach_id is None else _of_coach(coach_id)),
        )
    )


def _of_coach(coach_id: uuid.UUID) -> dict[str, Any]:
    payouts = select(Payout.id).where(Payout.coach_id == coach_id)
    reversals = PayoutReversal.payout_id.in_(payouts), PayoutReversal.status == payout_states.INTENDED
    names = (ledger_accounts.coach(coach_id), ledger_accounts.reserve(coach_id))
    found = [balance_queries.balances(name) for name in names]
    return {
        "offerings": _count(Offering, Offering.coach_id == coach_id, Offering.active),
        "payouts": _count(Payout, Payout.coach_id == coach_id, Payout.status.in_(payout_states.OPEN))
        + _count(PayoutReversal, *reversals),
        "balances": tuple(
            spoken(cents, currency) for one in found for (_, currency), cents in sorted(one.items()) if cents
        ),
    }


def _count(model: Any, *where: Any) -> int:
    return int(session().scalar(select(func.count()).select_from(model).where(*where)) or 0)


def open_deletion(user_id: uuid.UUID, *, locked: bool = False) -> AccountDeletion | None:
    """A person's wish to leave, where it was neither taken back nor decided."""
    chosen = _open().where(AccountDeletion.user_id == user_id)
    return session().scalar(chosen.with_for_update() if locked else chosen)


def due_deletions() -> Sequence[uuid.UUID]:
    """The wishes whose time has come, the oldest first."""
    chosen = _open().where(AccountDeletion.due_at <= clock.now()).order_by(AccountDeletion.due_at)
    return [deletion.id for deletion in session().scalars(chosen)]


def locked_deletion(deletion_id: uuid.UUID) -> AccountDeletion | None:
    """One that is still open, locked until the transaction ends."""
    return session().scalar(_open().where(AccountDeletion.id == deletion_id).with_for_update())


def _open() -> Select[AccountDeletion]:
    decided = (AccountDeletion.withdrawn_at, AccountDeletion.refused_at, AccountDeletion.made_at)
    return select(AccountDeletion).where(*(at.is_(None) for at in decided))


def addresses_of(person: User) -> list[str]:
    """Every address that the account has had, in lower case, the present one first."""
    changes = (one for one in audit.timeline_of(person.id) if one.action == "account.address_changed")
    return list(dict.fromkeys([person.email.lower(), *(one.details["old"].lower() for one in changes)]))


def exports_of(user_id: uuid.UUID) -> Sequence[AccountExport]:
    """A person's copies that are there or are being made, the newest first."""
    chosen = select(AccountExport).options(joinedload(AccountExport.file)).where(AccountExport.user_id == user_id)
    alive = or_(AccountExport.expires_at.is_(None), AccountExport.expires_at > clock.now())
    return session().scalars(chosen.where(alive).order_by(AccountExport.id.desc())).all()


def exported(user: User, export_id: uuid.UUID) -> StoredFile:
    """The archive of one's own copy; raises ExportNotReady while it is being made, NotFound for everybody else."""
    found = next((one for one in exports_of(user.id) if one.id == export_id), None)
    if found is None:
        raise NotFound
    if found.file is None:
        raise ExportNotReady
    return found.file
