"""Reading documents, which exist for their buyer, their seller and admins alone."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from marketplace import config
from marketplace.accounts.models import User
from marketplace.bookings.models import Booking
from marketplace.bookings.overruns.models import Overrun
from marketplace.coaches.models import Coach
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.invoices import rules
from marketplace.invoices.models import Invoice, InvoiceDetails
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.models import Entry, LedgerAccount
from marketplace.payments import rules as payment_rules
from marketplace.payments.billing_parties import queries as billing_parties
from marketplace.payments.models import Dispute, Payment, Refund
from marketplace.written_answers.models import WrittenAnswer

PAGE = 20


@dataclass(frozen=True)
class SessionFee:
    """What our fee on one session, or on a written answer, moved in a month; negative where it was refunded."""

    coach_id: uuid.UUID
    currency: str
    title: str
    starts_at: datetime
    cents: int


def visible_to(actor: User) -> Select[Invoice]:
    """The documents that exist for `actor`."""
    chosen = select(Invoice)
    if actor.is_admin:
        return chosen
    return chosen.where(or_(Invoice.buyer_id == actor.id, Invoice.seller_id == actor.id))


def one(actor: User, invoice_id: uuid.UUID) -> Invoice:
    """One document that `actor` may see; NotFound."""
    found = session().scalars(visible_to(actor).where(Invoice.id == invoice_id)).one_or_none()
    if found is None:
        raise NotFound
    return found


def page_for(
    actor: User, *, as_seller: bool = False, after: uuid.UUID | None = None, limit: int = PAGE
) -> Sequence[Invoice]:
    """What somebody bought, or sold, the newest first."""
    chosen = Invoice.seller_id == actor.id if as_seller else Invoice.buyer_id == actor.id
    return _before(select(Invoice).where(chosen), after, limit)


def filtered(
    admin: User,
    *,
    since: date | None = None,
    until: date | None = None,
    kind: str | None = None,
    about: str = "",
    after: uuid.UUID | None = None,
    limit: int = PAGE,
) -> Sequence[Invoice]:
    """Everybody's documents that fit, the newest first. NotFound for who is no admin.

    Issued from `since` to `until` (days in UTC, both included), of one kind, with `about` in the number or in a name.
    """
    if not admin.is_admin:
        raise NotFound
    chosen = select(Invoice)
    if since is not None:
        chosen = chosen.where(Invoice.issued_at >= datetime.combine(since, time(), UTC))
    if until is not None:
        chosen = chosen.where(Invoice.issued_at <= datetime.combine(until, time.max, UTC))
    if kind:
        chosen = chosen.where(Invoice.kind == kind)
    if about:
        names = (Invoice.content[side]["name"].astext for side in ("seller", "buyer"))
        chosen = chosen.where(or_(*(text.icontains(about, autoescape=True) for text in (Invoice.label, *names))))
    return _before(chosen, after, limit)


def _before(chosen: Select[Invoice], after: uuid.UUID | None, limit: int) -> Sequence[Invoice]:
    if after is not None:
        chosen = chosen.where(Invoice.id < after)
    return session().scalars(chosen.order_by(Invoice.id.desc()).limit(limit)).all()


def of_payment(payment_id: uuid.UUID | None) -> Sequence[Invoice]:
    """What was issued for a payment, in order."""
    if payment_id is None:
        return []
    return session().scalars(select(Invoice).where(Invoice.payment_id == payment_id).order_by(Invoice.id)).all()


def seen_of_payment(actor: User, payment_id: uuid.UUID | None) -> Sequence[Invoice]:
    """The same, as far as `actor` may see it."""
    if payment_id is None:
        return []
    return session().scalars(visible_to(actor).where(Invoice.payment_id == payment_id).order_by(Invoice.id)).all()


def of_receipt_link(invoice_id: uuid.UUID, signature: str) -> Invoice:
    """A document of what somebody paid in its buyer's stead, by the link that was mailed to them; NotFound."""
    if not rules.is_receipt_link(signature, invoice_id, key=config.current().secret_key):
        raise NotFound
    found = session().get(Invoice, invoice_id)
    if found is None or billing_parties.of_payment(found.payment_id) is None:
        raise NotFound
    return found


def issued(key: str) -> bool:
    """Is there a document of that fact?"""
    return session().scalar(select(Invoice.id).where(Invoice.key == key)) is not None


def details_of(user_id: uuid.UUID) -> InvoiceDetails | None:
    """How a person is named on documents, if they said so."""
    return session().get(InvoiceDetails, user_id, populate_existing=True)


def without_documents(closed_since: datetime, limit: int = 200) -> Sequence[uuid.UUID]:
    """Payments that lack a document: of the payment, a refund, a lost dispute, or its reversal."""
    missing = (
        select(Payment.id).where(Payment.status == payment_rules.PAID, ~_issued("paid:", Payment.id)),
        select(Refund.payment_id).where(Refund.status == payment_rules.SUCCEEDED, ~_issued("refund:", Refund.id)),
        select(Refund.payment_id).where(
            Refund.status == payment_rules.FAILED, _issued("refund:", Refund.id), ~_issued("refund-failed:", Refund.id)
        ),
        select(Dispute.payment_id).where(
            Dispute.status == payment_rules.LOST,
            Dispute.closed_at > closed_since,
            ~_issued("dispute-lost:", Dispute.id),
        ),
    )
    return [row for each in missing for row in session().scalars(each.limit(limit))]


def _issued(fact: str, id_: InstrumentedAttribute[uuid.UUID]) -> ColumnElement[bool]:
    return exists().where(Invoice.key == func.concat(fact, id_))


def fees(since: datetime, until: datetime) -> Sequence[SessionFee]:
    """What our fee moved between two instants, session by session, in order of time."""
    debit, credit = aliased(LedgerAccount), aliased(LedgerAccount)
    gained = func.sum(Entry.cents).filter(credit.name == ledger_accounts.REVENUE)
    given = func.sum(Entry.cents).filter(debit.name == ledger_accounts.REVENUE)
    cents = func.coalesce(gained, 0) - func.coalesce(given, 0)
    coach_id, title, at = (
        func.coalesce(*each)
        for each in (
            (Booking.coach_id, WrittenAnswer.coach_id),
            (Booking.title, WrittenAnswer.title),
            (Booking.starts_at, WrittenAnswer.delivered_at),
        )
    )
    rows = session().execute(
        select(coach_id, Entry.currency, title, at, cents)
        .select_from(Entry)
        .join(debit, debit.id == Entry.debit_id)
        .join(credit, credit.id == Entry.credit_id)
        .outerjoin(Overrun, Overrun.id == Entry.subject_id)
        .outerjoin(Booking, Booking.id == func.coalesce(Overrun.booking_id, Entry.subject_id))
        .outerjoin(WrittenAnswer, WrittenAnswer.id == Entry.subject_id)
        .outerjoin(Payment, Payment.id == func.coalesce(Booking.payment_id, WrittenAnswer.payment_id))
        .where(
            and_(Entry.booked_at >= since, Entry.booked_at < until, coach_id.is_not(None)),
            # Where we sold the session ourselves, what we keep of it is no service to the coach.
            Payment.automatic_tax.is_not(True),
            or_(debit.name == ledger_accounts.REVENUE, credit.name == ledger_accounts.REVENUE),
        )
        .group_by(Entry.subject_id, coach_id, Entry.currency, title, at)
        .having(cents != 0)
        .order_by(at, Entry.subject_id)
    )
    return [SessionFee(whose, currency, what, when, int(moved)) for whose, currency, what, when, moved in rows]


def coach_user(coach_id: uuid.UUID) -> User:
    """The person behind a coach."""
    return session().scalars(select(User).join(Coach, Coach.user_id == User.id).where(Coach.id == coach_id)).one()
