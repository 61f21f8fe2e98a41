"""Nobody decides as an admin about themselves."""

import pytest

from marketplace.authority import OwnCase
from marketplace.bookings.goodwill_refunds import service as goodwill_refunds
from marketplace.coaches.service import profiles
from marketplace.payouts.service import holds
from tests.factories import a_booking, a_coach, a_person, an_offering, open_all_week
from tests.scenes import TEN

REFUND = {"cents": 1000, "paid_by": "platform", "reason": "A gift.", "expected_refundable_cents": 12000}


@pytest.fixture
def admin():
    """An admin who coaches as well."""
    return open_all_week(a_coach("alma", user=a_person("Alma", role="admin")))


def test_a_refund_out_of_goodwill_is_another_admins_to_make(admin, alma, mia, offering, stripe):
    as_mentee = a_booking(admin.user, offering, TEN, stripe)
    as_coach = a_booking(mia, an_offering(admin), TEN.replace(hour=14), stripe)
    for booking in (as_mentee, as_coach):
        with pytest.raises(OwnCase):
            goodwill_refunds.refund(admin.user, booking_id=booking.id, **REFUND)
        assert goodwill_refunds.refund(alma, booking_id=booking.id, **REFUND).refunded_cents == 1000


def test_an_applicant_is_approved_and_a_rate_card_let_back_in_by_another(alma):
    applicant = a_coach("alma", user=a_person("Alma", role="admin"), status="applied")
    with pytest.raises(OwnCase):
        profiles.approve(applicant.user, coach_id=applicant.id)
    assert profiles.approve(alma, coach_id=applicant.id).status == "approved"


def test_payouts_on_hold_are_released_by_another(admin, alma):
    holds.hold_coach(alma, coach_id=admin.id, reason="We look into it.")
    with pytest.raises(OwnCase):
        holds.release_coach(admin.user, coach_id=admin.id)
    assert holds.release_coach(alma, coach_id=admin.id).released_by == alma.id
