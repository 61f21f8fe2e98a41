"""A session that was paid for."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from marketplace.invoices import queries
from marketplace.invoices.service import details as invoice_details
from tests.factories import a_booking, a_coach, an_offering, open_all_week

THURSDAY_AT_TEN = datetime(2027, 3, 4, 10, tzinfo=UTC)


@pytest.fixture
def ada():
    coach = open_all_week(a_coach("ada"))
    invoice_details.save_details(
        coach.user,
        name="Ada Coaching GmbH",
        address="Lange Straße 1\n10115 Berlin",
        tax_id="DE123456789",
        tax_percent=Decimal(19),
    )
    return coach


@pytest.fixture
def paid(mia, ada, stripe, run_jobs):
    """An hour with Ada for 120.00, paid, and its invoice made."""
    booking = a_booking(mia, an_offering(ada), THURSDAY_AT_TEN, stripe)
    run_jobs()
    return booking


@pytest.fixture
def papers():
    """The documents of a session as (label, kind, gross, tax)."""

    def papers(booking):
        found = queries.of_payment(booking.payment_id)
        return [(each.label, each.kind, each.gross_cents, each.tax_cents) for each in found]

    return papers
