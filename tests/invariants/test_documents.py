"""The documents of what somebody else paid name them; each way in which they would not is found."""

import pytest

from marketplace.bookings.cancellations import service as cancellations
from marketplace.payments.billing_parties.service import name_party
from tests.asks.payers.conftest import ACME
from tests.factories import a_hold, a_payment
from tests.invariants.conftest import DAY, broken
from tests.invariants.test_invariants import behind_our_back

NAMES = {"documents_name_who_paid"}


@pytest.fixture
def documents(mia, offering, paid, stripe, run_jobs):
    """An invoice and a credit note of what Acme Ltd paid for Mia, beside an invoice of her own."""
    held = a_hold(mia, offering, DAY.replace(hour=14))
    name_party(held.id, ACME, locale="")
    booked = a_payment(mia, held, stripe)
    run_jobs()
    cents = cancellations.quote_cancellation(mia, booking_id=booked.id).refund_cents
    cancellations.cancel(mia, booking_id=booked.id, expected_refund_cents=cents)
    run_jobs()
    return booked


def test_documents_that_name_who_paid_are_well(documents):
    assert broken() == set()


@pytest.mark.parametrize(
    "done",
    [
        "update invoices set content = jsonb_set(content, '{buyer,name}', '\"Mia\"') where kind = 'invoice'",
        "update invoices set content = jsonb_set(content, '{buyer,name}', '\"Mia\"') where kind = 'credit_note'",
        "update invoices set content = content #- '{buyer,reference}'",
        "update invoices set content = jsonb_set(content, '{buyer,tax_id}', '\"\"')",
        "update invoices set content = jsonb_set(content, '{buyer,address}', '\"Elsewhere\"')",
        "update billing_parties set name = 'Another Ltd'",
        "delete from billing_parties",
        "update invoices set buyer_id = seller_id where number = 1",
        "insert into billing_parties (subject_id, name, address, tax_id, reference, email, locale, named_at) "
        "select subject_id, 'Late Ltd', '', '', '', '', '', paid_at from payments "
        "where subject_id not in (select subject_id from billing_parties)",
    ],
)
def test_a_document_that_names_another_is_found(documents, done):
    behind_our_back(done)
    assert broken() == NAMES
