"""What of an overrun is refused, comes too early, twice or to nothing."""

from datetime import timedelta

import pytest

from marketplace.bookings.disputes import overruns as overrun_disputes
from marketplace.bookings.disputes import service as booking_disputes
from marketplace.bookings.overruns import earnings, queries, service
from marketplace.bookings.overruns.schemas import OverrunSchema
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.db import uuid7
from marketplace.errors import Invalid, NotFound
from marketplace.payments import queries as payments
from marketplace.payments.service import disputes as payment_disputes
from tests.bookings.test_overruns import entries, held, paid, proposed  # noqa: F401  fixtures
from tests.factories import a_booking
from tests.scenes import TEN


def test_before_the_session_none_is_proposed(mia, ada, offering, stripe):
    booking = a_booking(mia, offering, TEN, stripe)
    with pytest.raises(service.NoOverrunNow):
        service.propose(ada.user, booking_id=booking.id, minutes=20)


@pytest.mark.parametrize("minutes", [0, 1000])
def test_a_length_that_may_not_be_names_its_field(held, ada, minutes):  # noqa: F811
    with pytest.raises(Invalid) as refused:
        service.propose(ada.user, booking_id=held.id, minutes=minutes)
    assert list(refused.value.fields) == ["minutes"]


def test_each_side_does_its_own_part_alone(proposed, ada, mia):  # noqa: F811
    for command, wrong in (
        (service.withdraw, mia),
        (service.decline, ada.user),
        (service.accept, ada.user),
        (service.refund, mia),
    ):
        with pytest.raises(NotFound):
            command(wrong, overrun_id=proposed.id)
    assert queries.one(mia, proposed.id).status == "proposed"


def test_a_payment_that_is_for_something_else_or_still_open_moves_none(proposed, mia):  # noqa: F811
    service.accept(mia, overrun_id=proposed.id)
    service.payment_changed(uuid7())
    service.payment_changed(payments.of_subject(proposed.id).id)
    assert queries.one(mia, proposed.id).status == "accepted"


def test_one_that_was_answered_meanwhile_does_not_lapse(proposed, held, mia, moment):  # noqa: F811
    service._lapse(proposed.id, held.id)
    assert queries.one(mia, proposed.id).status == "proposed"
    service.decline(mia, overrun_id=proposed.id)
    moment.advance(days=4)
    service._lapse(proposed.id, held.id)
    assert queries.one(mia, proposed.id).status == "declined"


def test_what_is_disputed_is_not_released_and_a_dispute_that_is_won_takes_nothing(
    proposed,  # noqa: F811
    mia,
    stripe,
    moment,
):
    found = paid(proposed, mia, stripe)
    opened = stripe.dispute(payments.one(found.payment_id).charge_id, reason="fraudulent")["id"]
    payment_disputes.sync_dispute(opened)
    booking_disputes.dispute_changed(opened)
    moment.advance(days=9)
    earnings._release(found.id)
    assert "release-coach" not in entries(found)
    stripe.decide(opened, "won")
    payment_disputes.sync_dispute(opened)
    booking_disputes.dispute_changed(opened)
    assert "dispute-lost" not in entries(found)
    assert queries.one(mia, found.id).refunded_cents == 0


def test_a_dispute_about_what_was_not_paid_takes_nothing(proposed, mia, stripe):  # noqa: F811
    found = paid(proposed, mia, stripe)
    opened = stripe.dispute(payments.one(found.payment_id).charge_id, reason="fraudulent")["id"]
    dispute = payment_disputes.sync_dispute(opened) or payments.locked_dispute(opened)
    found.payment.status = "failed"
    overrun_disputes.dispute_changed(opened, found.payment_id)
    assert dispute is not None
    assert "dispute-lost" not in entries(found)


def test_programs_read_its_sums_with_their_currency(proposed):  # noqa: F811
    shown = OverrunSchema().dump(proposed)
    assert (shown["price"], shown["refunded"]) == (
        {"amount": 4000, "currency": "usd"},
        {"amount": 0, "currency": "usd"},
    )
    assert shown["status"] == "proposed"


def test_the_page_of_one_that_is_over_is_closed_once(proposed, mia, moment):  # noqa: F811
    service.accept(mia, overrun_id=proposed.id)
    moment.advance(hours=24)
    payment = payments.of_subject(proposed.id)
    for _twice in range(2):
        payment_outcomes.abandon_payment(str(payment.id))
    assert queries.one(mia, proposed.id).lapses_at <= moment.now + timedelta(0)
