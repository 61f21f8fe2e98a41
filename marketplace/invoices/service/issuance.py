"""Documents for a payment: an invoice, credit notes for refunds, reversals of those."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.accounts.queries import by_id as person
from marketplace.bookings import queries as bookings
from marketplace.bookings.models import Booking
from marketplace.bookings.overruns import queries as overruns
from marketplace.bookings.overruns.models import Overrun
from marketplace.coaches.models import Coach
from marketplace.db import transactional
from marketplace.errors import NotFound
from marketplace.invoices import queries, rules
from marketplace.invoices.models import Invoice
from marketplace.invoices.service import notifications as invoice_notifications
from marketplace.invoices.service.details import party, platform, platform_basis_points, tax_of
from marketplace.invoices.service.numbering import write
from marketplace.jobs import enqueue
from marketplace.languages import gettext as _
from marketplace.languages import speaking
from marketplace.money import spoken
from marketplace.payments import queries as payments
from marketplace.payments import rules as payment_rules
from marketplace.payments.billing_parties import queries as billing_parties
from marketplace.payments.billing_parties.models import BillingParty
from marketplace.payments.models import Dispute, Payment, Refund
from marketplace.payments.refund_reasons import rules as refund_reasons
from marketplace.payments.service.disputes import disputed_tax_cents
from marketplace.session_credits import queries as session_credits
from marketplace.session_credits.models import SessionCredit
from marketplace.written_answers import queries as written_answers
from marketplace.written_answers.models import WrittenAnswer

# A dispute that credits nothing, because everything was refunded before, is not looked at for ever.
DISPUTES_LOOK_BACK = timedelta(days=2)

AT_THE_END = {payment_rules.SUCCEEDED: rules.GONE, payment_rules.FAILED: rules.RETURNED}
COUNTS = {rules.INVOICE: 0, rules.CREDIT_NOTE: 1, rules.REVERSAL: -1}


@dataclass(frozen=True)
class InvoicedPayment:
    """A paid payment, what it paid for, and its documents. No seller: the platform."""

    payment: Payment
    payer: User
    sessions: Sequence[Booking]
    answer: WrittenAnswer | None
    issued: list[Invoice]
    overrun: Overrun | None = None
    party: BillingParty | None = None
    credit: SessionCredit | None = None

    @property
    def buyer(self) -> rules.InvoiceParty:
        """Who is named as its buyer: whoever pays in the account's stead, else the account."""
        named = self.party
        if named is None:
            return party(self.payer)
        return rules.InvoiceParty(named.name, named.address, named.tax_id, named.reference)

    @property
    def seller(self) -> Coach | None:
        """The coach; the platform sells what no coach does, and all on which it owes the tax."""
        sold = (
            self.sessions[0] if self.sessions else self.answer or self.credit or (self.overrun and self.overrun.booking)
        )
        return sold.coach if sold and not self.payment.automatic_tax else None

    @property
    def basis_points(self) -> int | None:
        """The rate that its prices contain now.

        None where no tax is shown, or Stripe laid it on top.
        """
        if self.seller is not None:
            return tax_of(self.seller.user)[0]
        return None if self.payment.automatic_tax else platform_basis_points()

    def write(
        self, owed: rules.OwedDocument, lines: Sequence[rules.InvoiceLine], notes: Sequence[str], **more: object
    ) -> Invoice:
        """Make a document of it, which keeps the rate of the first."""
        tax_note = "" if self.seller is None else tax_of(self.seller.user)[1]
        basis_points = self.issued[0].content["tax_basis_points"] if self.issued else self.basis_points
        told = platform() if self.seller is None else party(self.seller.user)
        return write(
            key=owed.key,
            kind=owed.kind,
            seller=self.seller,
            buyer=self.payer,
            currency=self.payment.currency,
            payment_id=self.payment.id,
            content=rules.content(told, self.buyer, lines, notes=[*notes, tax_note], basis_points=basis_points),
            **more,
        )


@transactional
def issue_invoices(payment_id: str) -> None:
    """Bring the documents of a payment in step with it.

    Safe in any order and any number of times.
    """
    payment = payments.locked(payment_id)
    if payment.status != payment_rules.PAID:
        return
    payer = person(payment.payer_id)
    if payer is None:
        raise NotFound
    invoiced = InvoicedPayment(
        payment,
        payer,
        bookings.of_payment(payment.id),
        written_answers.of_payment(payment.id),
        list(queries.of_payment(payment.id)),
        overruns.of_payment(payment.id),
        billing_parties.of_subject(payment.subject_id),
        session_credits.of_payment(payment.id),
    )
    disputes = [_of_dispute(payment, dispute) for dispute in payments.disputes_of(payment.id)]
    causes = [*map(_of_refund, payments.refunds_of(payment.id)), *disputes]
    for owed in rules.owed_documents(f"paid:{payment.id}", causes, {invoice.key for invoice in invoiced.issued}):
        with speaking(payer.preferences):
            made = _issue(invoiced, owed)
        if made is not None:
            invoiced.issued.append(made)
            invoice_notifications.issued(made, payer, invoiced.party)


@transactional
def issue_missing() -> None:
    """Have documents made that are missing: their job was lost, or they predate documents."""
    for payment_id in queries.without_documents(clock.now() - DISPUTES_LOOK_BACK):
        enqueue("issue_invoices", once=f"invoices:{payment_id}", payment_id=str(payment_id))


def _of_refund(refund: Refund) -> rules.CreditCause:
    state = AT_THE_END.get(refund.status, rules.OPEN)
    return rules.CreditCause(
        f"refund:{refund.id}",
        f"refund-failed:{refund.id}",
        refund.total_cents,
        state,
        refund.reason,
        refund.key,
        refund.tax_cents if refund.payment.automatic_tax else None,
    )


def _of_dispute(payment: Payment, dispute: Dispute) -> rules.CreditCause:
    state = rules.OPEN
    if dispute.status == payment_rules.LOST:
        state = rules.GONE
    elif dispute.status in payment_rules.CLOSED_WITHOUT_LOSS:
        state = rules.RETURNED
    return rules.CreditCause(
        f"dispute-lost:{dispute.id}",
        f"dispute-won:{dispute.id}",
        dispute.amount_cents,
        state,
        refund_reasons.BANK_TOOK_IT,
        tax_cents=disputed_tax_cents(payment, dispute) if payment.automatic_tax else None,
    )


def _issue(invoiced: InvoicedPayment, owed: rules.OwedDocument) -> Invoice | None:
    """Make one document; None if there is nothing left to credit."""
    if owed.cause is None:
        return _invoice(invoiced, owed)
    return (
        _reversal(invoiced, owed, owed.cause)
        if owed.kind == rules.REVERSAL
        else _credit_note(invoiced, owed, owed.cause)
    )


def _invoice(invoiced: InvoicedPayment, owed: rules.OwedDocument) -> Invoice:
    payment, zone = invoiced.payment, invoiced.payer.timezone
    items = [(_sold(b), rules.held(b.starts_at, b.ends_at, zone), b.price_cents) for b in invoiced.sessions]
    items = items or [(_sold_ahead(payment, invoiced.credit), "", payment.amount_cents)]
    paid = _("Paid on %(day)s. Nothing is left to pay.", day=rules.dated(payment.paid_at or clock.now()))
    if payment.automatic_tax:
        return invoiced.write(owed, rules.taxed(items, payment.tax_cents), [paid])
    tax_cents = rules.tax_within(payment.amount_cents, invoiced.basis_points or 0)
    return invoiced.write(owed, rules.lines(items, tax_cents), [paid])


def _sold(booking: Booking) -> str:
    """What a line is for, with what a coupon or a first session took off it."""
    if booking.credit_cents:
        return _less_first_session(booking.title, booking.credit_cents, booking.price_cents, booking.currency)
    if booking.coupon_code is None:
        return booking.title
    off, whole = (spoken(cents, booking.currency) for cents in (booking.discount_cents, booking.list_cents))
    return _(
        "%(title)s (coupon %(code)s: %(discount)s off %(price)s)",
        title=booking.title,
        code=booking.coupon_code,
        discount=off,
        price=whole,
    )


def _sold_ahead(payment: Payment, credit: SessionCredit | None) -> str:
    """The same of what has no session: a credit, a written answer, an overrun."""
    if credit is None or not credit.intro_cents:
        return payment.description
    return _less_first_session(payment.description, credit.intro_cents, credit.price_cents, credit.currency)


def _less_first_session(title: str, off_cents: int, price_cents: int, currency: str) -> str:
    off, whole = (spoken(cents, currency) for cents in (off_cents, price_cents + off_cents))
    return _("%(title)s (first session counted: %(off)s off %(price)s)", title=title, off=off, price=whole)


def _credit_note(invoiced: InvoicedPayment, owed: rules.OwedDocument, cause: rules.CreditCause) -> Invoice | None:
    invoice, zone = invoiced.issued[0], invoiced.payer.timezone
    before = sum(COUNTS[each.kind] * each.gross_cents for each in invoiced.issued)
    cents = min(cause.cents, invoice.gross_cents - before)
    if cents <= 0:
        return None
    before_tax = sum(COUNTS[each.kind] * each.tax_cents for each in invoiced.issued)
    tax_cents = min(cause.tax_cents or 0, cents, invoice.tax_cents - before_tax)
    if cause.tax_cents is None:
        tax_cents = rules.credited_tax(
            gross_cents=invoice.gross_cents,
            tax_cents=invoice.tax_cents,
            before_cents=before,
            before_tax_cents=before_tax,
            cents=cents,
        )
    # A refund of one of several sessions carries that session's id in its key.
    about = [b for b in invoiced.sessions if len(invoiced.sessions) == 1 or cause.of.endswith(str(b.id))]
    what = about[0].title if about else invoiced.payment.description
    when = rules.held(about[0].starts_at, about[0].ends_at, zone) if about else ""
    why = _(
        "Credits invoice %(label)s of %(day)s. Why: %(reason)s.",
        label=invoice.label,
        day=rules.dated(invoice.issued_at),
        reason=refund_reasons.told(cause.reason),
    )
    lines = rules.lines([(_("Refunded: %(what)s", what=what), when, cents)], tax_cents)
    return invoiced.write(owed, lines, [why], corrects_id=invoice.id)


def _reversal(invoiced: InvoicedPayment, owed: rules.OwedDocument, cause: rules.CreditCause) -> Invoice:
    """The credit note's amounts once more: it did not come to pass."""
    note = next(each for each in invoiced.issued if each.key == cause.key)
    lines = [rules.undone(rules.InvoiceLine(**line)) for line in note.content["lines"]]
    why = _(
        "Cancels credit note %(label)s of %(day)s: that money did not stay with you. "
        "What is sent again gets a credit note of its own.",
        label=note.label,
        day=rules.dated(note.issued_at),
    )
    return invoiced.write(owed, lines, [why], corrects_id=note.id)
