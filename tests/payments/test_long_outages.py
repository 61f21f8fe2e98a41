"""Two hundred payments and refunds are open while Stripe is away, rejects our key, or knows none of them.

In a database of their own, with commits: PostgreSQL prunes no row that the running transaction has replaced itself, so
that each job of one long transaction reads past all that the others left.
"""

from datetime import timedelta

import pytest

from marketplace.ledger.queries.balances import balance
from marketplace.payments import queries
from tests.factories import an_admin
from tests.payments import outages
from tests.payments.outages import AWAY, GONE, REJECTED, OpenItems
from tests.scenes import TEN

pytestmark = [pytest.mark.real, pytest.mark.slow]

MANY = 200
STARTS = [TEN + timedelta(days=day, hours=hour) for day in range(2) for hour in (0, 3)]


@pytest.fixture
def context(real_app, moment):
    with real_app.app_context():
        yield


@pytest.fixture
def alma(context):
    return an_admin()


@pytest.fixture
def items(context, mia, offering, stripe):
    return OpenItems.made(mia, offering, stripe, STARTS, MANY)


def test_after_half_an_hour_away_and_another_with_a_rejected_key_each_has_one_job_and_soon_all_is_settled(
    items, alma, stripe, moment
):
    for error, told in ((AWAY, []), (REJECTED, [alma.email])):
        stripe.recover()
        stripe.refuse("/v1/*", times=outages.PLANNED, **error)
        outages.an_hour_passes(moment, minutes=30)
        assert outages.waiting() == items.jobs()
        assert outages.calls_refused(stripe) < 50
        assert outages.refusals_told() == told
    outages.all_is_settled(items, stripe, moment)
    assert balance("stripe", "usd") == sum(line["net"] for line in outages.everything_at(stripe))


def test_what_stripe_has_forgotten_has_no_job_after_an_hour_and_admins_see_each(items, alma, stripe, moment):
    stripe.refuse("/v1/*", times=outages.PLANNED, **GONE)
    outages.an_hour_passes(moment)
    assert outages.waiting() == []
    assert {refund.status for refund in items.refunds()} == {"failed"}
    assert {one.id for one in queries.missing_payments()} == {payment.id for payment in items.payments}
    # Each payment is asked about once, each refund by its key and by its payment.
    assert outages.calls_refused(stripe) <= MANY * 2
