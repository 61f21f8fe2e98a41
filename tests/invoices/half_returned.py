"""A session that was paid for and of which half went back: what pages and API alike show documents of."""

from datetime import UTC, datetime

import pytest

from marketplace.invoices import queries
from marketplace.payments import queries as payments
from marketplace.payments.service import refunds
from tests.factories import a_booking, an_offering


@pytest.fixture
def half_returned(ada, mia, stripe, run_jobs):
    """Mia's hour with Ada, whoever the two are in a test: an invoice and its credit note are made."""
    booking = a_booking(mia, an_offering(ada), datetime(2027, 3, 4, 10, tzinfo=UTC), stripe)
    refunds.intend_refund(payments.one(booking.payment_id), cents=6000, reason="a test", key="half")
    run_jobs()
    return booking


@pytest.fixture
def invoice(half_returned):
    """Its invoice."""
    return queries.of_payment(half_returned.payment_id)[0]
