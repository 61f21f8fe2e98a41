"""Money in: what is to be paid, what came of it on the hosted page, pages that close."""

import uuid
from contextlib import suppress
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.db import session, transactional, uuid7
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.service.postings import post_all
from marketplace.payments import queries, rules
from marketplace.payments.models import Payment
from marketplace.payments.service import checkout_pages
from marketplace.payments.service.document_requests import want_documents
from marketplace.payments.service.exchanges import post_exchange
from marketplace.payments.service.transitions import transition_payment
from marketplace.payments.stripe_gateway import checkouts as stripe_checkouts
from marketplace.payments.stripe_gateway import client as stripe_client
from marketplace.payments.stripe_gateway.refusals import Kind


@transactional
def prepare(
    payer: User,
    *,
    subject_id: uuid.UUID,
    description: str,
    amount_cents: int,
    currency: str,
    manual_capture: bool,
    card_only: bool,
    return_url: str,
    payable_until: datetime,
) -> Payment:
    """Write down that `payer` is to pay for one thing; asking again answers the same payment.

    The page's closing time is fixed here, long enough after `payable_until` that a retry of the same request is
    still one that Stripe accepts, and no later than Stripe allows: until `payable_until` another page follows one that
    has ended. `return_url` is where the page sends people back to.
    """
    now = clock.now()
    row = {
        "id": uuid7(),
        "payer_id": payer.id,
        "subject_id": subject_id,
        "description": description,
        "amount_cents": amount_cents,
        "currency": currency,
        "manual_capture": manual_capture,
        "card_only": card_only,
        "automatic_tax": config.current().stripe_tax,
        "tax_cents": 0,
        "status": rules.PENDING,
        "return_url": return_url,
        "payer_email": payer.email,
        "payable_until": payable_until,
        "checkout_expires_at": rules.page_ends(now, payable_until),
        "intended_at": now,
    }
    session().execute(insert(Payment).values(row).on_conflict_do_nothing(index_elements=["subject_id"]))
    found = queries.of_subject(subject_id)
    assert found is not None
    return found


def start_checkout(payment_id: uuid.UUID | str) -> str:
    """Open Stripe's page for a payment and return its address; the same one each time.

    A page that has ended while the payment can still be made is replaced, once Stripe says that nobody can pay there.
    Raises CannotOpen where it would close too soon, else GatewayRefused or Unavailable.
    """
    payment = queries.one(payment_id)
    if payment.checkout_id is not None and payment.checkout_expires_at <= clock.now():
        payment = sync(payment.id)
    if payment.checkout_id is None or payment.checkout_url is None:
        payment = checkout_pages.open_page(payment)
    return payment.checkout_url or ""


def sync(payment_id: uuid.UUID | str) -> Payment:
    """Read the payment at Stripe, record what is new and post it; returns the payment.

    May be called in any order and any number of times. A payment that is paid and whose fee is booked is returned
    without asking Stripe.
    """
    payment = queries.one(payment_id)
    if payment.checkout_id is None or payment.is_booked:
        return payment
    try:
        page = stripe_checkouts.checkout(payment.checkout_id)
        found = stripe_checkouts.intent(page.intent_id) if page.intent_id else None
    except stripe_client.GatewayRefused as refusal:
        if refusal.kind != Kind.MISSING:
            raise
        return _record_missing(payment.id)
    return _record(payment.id, page, found)


@transactional
def _record_missing(payment_id: uuid.UUID) -> Payment:
    """Stripe does not know a page that it gave us: an admin sees it, and it is asked about rarely."""
    payment = queries.locked(payment_id)
    payment.looked_at = clock.now()
    payment.missing_at = payment.missing_at or payment.looked_at
    return payment


@transactional
def _record(payment_id: uuid.UUID, page: stripe_checkouts.Checkout, found: stripe_checkouts.Intent | None) -> Payment:
    payment = queries.locked(payment_id)
    if payment.checkout_id != page.id:
        # What was read is a page that has been replaced meanwhile: nobody can pay there.
        return payment
    payment.looked_at, payment.missing_at = clock.now(), None
    status = rules.status_at_stripe(page.status, found.status if found else None)
    if status == rules.CANCELLED and page.status == "expired" and rules.may_reopen(payment, clock.now()):
        checkout_pages.forget_page(payment)
        return payment
    if found is not None:
        payment.intent_id = found.id
        payment.failure, payment.failure_code = found.failure, found.failure_code
        if found.charge is not None:
            _record_charge(payment, found.charge)
    if payment.status in rules.UNDECIDED:
        payment.tax_cents = page.tax_cents
    if payment.status == rules.PENDING and found is not None and rules.is_settling(page.status, found.status):
        payment.settling_since = payment.settling_since or clock.now()
    # What Stripe said before it said more is old: a payment moves forward only.
    if rules.PAYMENT_STATES.allows(payment.status, status):
        transition_payment(payment, status)
        if status == rules.PAID:
            want_documents(payment.id)
    if payment.status == rules.PAID:
        _book(payment)
    return payment


def _record_charge(payment: Payment, charge: stripe_checkouts.Charge) -> None:
    payment.charge_id = charge.id
    payment.capture_before = charge.capture_before or payment.capture_before
    settled = charge.settlement
    if charge.captured and settled is not None:
        payment.fee_cents, payment.available_on = settled.fee, settled.available_on
        payment.settled_cents, payment.settled_currency = settled.amount, settled.currency


def _book(payment: Payment) -> None:
    """Post the money that came in, and once they are known what Stripe made of it and its fee; each once."""
    postings = [
        ledger_accounts.Posting(
            f"paid:{payment.id}", ledger_accounts.STRIPE, ledger_accounts.SESSIONS_OWED, payment.amount_cents
        ),
        ledger_accounts.Posting(
            f"paid-tax:{payment.id}", ledger_accounts.STRIPE, ledger_accounts.TAX_OWED, payment.tax_cents
        ),
    ]
    fee = ledger_accounts.Posting(
        f"stripe-fee:{payment.id}", ledger_accounts.STRIPE_FEES, ledger_accounts.STRIPE, payment.fee_cents or 0
    )
    subject_id, source = payment.subject_id, payment.charge_id
    if payment.settled_cents is None or not payment.is_converted:
        post_all([*postings, fee], currency=payment.currency, subject_id=subject_id, source=source)
        return
    post_all(postings, currency=payment.currency, subject_id=subject_id, source=source)
    post_exchange(
        str(payment.id),
        cents=payment.amount_cents + payment.tax_cents,
        currency=payment.currency,
        settled_cents=payment.settled_cents,
        settled_currency=payment.fee_currency,
        subject_id=subject_id,
        source=source,
    )
    post_all([fee], currency=payment.fee_currency, subject_id=subject_id, source=source)


def abandon(payment_id: uuid.UUID | str) -> Payment:
    """Close Stripe's page, so that nobody can pay; returns the payment as Stripe has it then.

    Where the answer that named the page was lost, the same request under the same key names it again.
    """
    payment = _no_longer_payable(payment_id)
    if payment.status != rules.PENDING:
        return payment
    if payment.checkout_id is None:
        try:
            start_checkout(payment.id)
        except (checkout_pages.CannotOpen, stripe_client.GatewayRefused):
            return _never_opened(payment.id)
        payment = queries.one(payment.id)
    # Refused means that it is complete, closed or gone already: what is true is read below.
    with suppress(stripe_client.GatewayRefused):
        stripe_checkouts.expire_checkout(payment.checkout_id or "")
    return sync(payment.id)


@transactional
def _no_longer_payable(payment_id: uuid.UUID | str) -> Payment:
    """No page is opened any more but to close it."""
    payment = queries.locked(payment_id)
    if payment.payable_until is not None and payment.status == rules.PENDING:
        payment.payable_until = min(payment.payable_until, clock.now())
    return payment


@transactional
def _never_opened(payment_id: uuid.UUID) -> Payment:
    """Cancel a payment whose page Stripe refuses to open: nothing can have been paid."""
    payment = queries.locked(payment_id)
    if payment.status == rules.PENDING:
        transition_payment(payment, rules.CANCELLED)
    return payment
