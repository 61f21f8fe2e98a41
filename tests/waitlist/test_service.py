"""What becomes free goes to whoever waited longest, for twenty minutes, then to the next."""

from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.bookings import queries as booking_queries
from marketplace.bookings.approvals import service as approvals
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.coupon_use import service as coupon_use
from marketplace.bookings.holds import expiry as hold_expiry
from marketplace.bookings.holds import queries as hold_queries
from marketplace.bookings.holds import service as holds
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.bookings.reschedules import service as reschedules
from marketplace.bookings.series import service as booking_series
from marketplace.bookings.waitlist_entries import rules
from marketplace.bookings.waitlist_entries.queries import in_order
from marketplace.coaches.service import offerings
from marketplace.coupons import service as coupons
from marketplace.db import session
from marketplace.errors import Invalid, NotFound
from marketplace.payments import queries as payments
from marketplace.scheduling.service import time_off
from marketplace.waitlist import queries, service
from tests.factories import BRIEF, a_booking, a_coach, a_hold, a_payment, a_person, an_admin, an_offering, weekly_hours

THURSDAY_AT_TEN = datetime(2027, 3, 4, 10, tzinfo=UTC)
DAYS = {"starts_on": date(2027, 3, 1), "ends_on": date(2027, 3, 7)}


@pytest.fixture
def ada():
    """Open for one hour a week: Thursdays from 11 to 12 in Berlin."""
    coach = a_coach("ada")
    weekly_hours(coach, 3, "11:00", "12:00")
    return coach


@pytest.fixture
def booked(offering, stripe):
    return a_booking(a_person("Otto"), offering, THURSDAY_AT_TEN, stripe)


def an_entry(mentee, offering, **changes):
    return service.join(mentee, offering_id=offering.id, **{"brief": BRIEF} | DAYS | changes)


@pytest.fixture
def mia(booked):
    return a_person("Mia")


@pytest.fixture
def entry(mia, offering, moment):
    made = an_entry(mia, offering)
    moment.advance(minutes=1)
    return made


@pytest.fixture
def behind(entry, offering):
    """Noor, who came after Mia."""
    return an_entry(a_person("Noor"), offering)


def free_it(booked):
    cancellations.cancel(booked.mentee, booking_id=booked.id, expected_refund_cents=12000)


def state(entry):
    session().refresh(entry)
    return entry.status


def held_for(entry):
    session().refresh(entry)
    return booking_queries.locked(entry.booking_id)


def subjects(mailbox, person):
    return [mail["Subject"] for mail in mailbox.to(person.email)]


class TestJoining:
    def test_an_entry_keeps_what_fits_and_whose_clock_it_is_by(self, mia, offering):
        made = an_entry(mia, offering, weekdays=[3, 1, 3], from_minute=600, until_minute=780)
        assert made.criteria == rules.WaitlistCriteria(
            DAYS["starts_on"], DAYS["ends_on"], "Europe/Berlin", (1, 3), 600, 780
        )
        assert (made.status, made.coach.handle, queries.positions(mia)) == ("waiting", "ada", {made.id: 1})

    def test_nobody_waits_for_what_is_free(self, mia, booked, offering):
        free_it(booked)
        with pytest.raises(service.FittingTimeFree) as refusal:
            an_entry(mia, offering)
        assert refusal.value.details["free"] == [THURSDAY_AT_TEN.isoformat()]
        assert an_entry(mia, offering, weekdays=[0]).status == rules.WAITING

    def test_one_has_one_entry_for_one_offering(self, mia, entry, offering):
        with pytest.raises(service.OnWaitlistAlready):
            an_entry(mia, offering)
        service.leave(mia, entry_id=entry.id)
        assert an_entry(mia, offering).status == rules.WAITING

    def test_one_has_so_many_entries_and_no_more(self, mia, ada):
        many = [an_offering(ada) for _ in range(rules.MOST_AT_ONCE + 1)]
        for offering in many[:-1]:
            an_entry(mia, offering)
        with pytest.raises(service.TooManyWaitlistEntries):
            an_entry(mia, many[-1])

    def test_days_that_are_over_are_refused_naming_the_field(self, mia, offering):
        with pytest.raises(Invalid) as refusal:
            an_entry(mia, offering, starts_on=date(2027, 2, 1), ends_on=date(2027, 2, 28))
        assert list(refusal.value.fields) == ["ends_on"]

    def test_the_same_people_are_refused_as_for_a_booking(self, offering, ada, booked):
        stranger, coach = a_person("Noor", confirmed=False), ada.user
        with pytest.raises(holds.AddressNotConfirmed):
            an_entry(stranger, offering)
        with pytest.raises(holds.OwnSession):
            an_entry(coach, offering)
        offerings.retire_offering(coach, offering_id=offering.id)
        with pytest.raises(NotFound):
            an_entry(a_person("Zoe"), offering)


class TestAnOffer:
    def test_a_cancelled_time_is_held_for_the_longest_wait(self, mia, entry, behind, booked, moment, run_jobs, mailbox):
        free_it(booked)
        assert "offer_freed" in run_jobs()
        held = held_for(entry)
        assert (held.status, held.mentee_id, held.starts_at, held.offered) == ("held", mia.id, THURSDAY_AT_TEN, True)
        assert held.hold_expires_at == moment.now + timedelta(minutes=20)
        assert (held.brief, held.price_cents) == (BRIEF, 12000)
        assert (state(entry), state(behind)) == (rules.OFFERED, rules.WAITING)
        body = mailbox.to(mia.email)[-1].get_body(("plain",)).get_content()
        assert "held for you until Mon 1 Mar, 10:21 (Berlin)" in body
        assert f"/sessions/{held.id}" in body
        assert "You then move to the end of the waitlist" in body

    def test_nobody_else_gets_it_meanwhile(self, entry, offering, booked, run_jobs):
        free_it(booked)
        run_jobs()
        stranger = a_person("Zoe")
        with pytest.raises(holds.SlotTaken):
            a_hold(stranger, offering, THURSDAY_AT_TEN)

    def test_once_it_is_paid_the_entry_is_booked(self, mia, entry, booked, run_jobs, stripe):
        free_it(booked)
        run_jobs()
        held = held_for(entry)
        booking_checkout.pay(mia, booking_id=held.id)
        payment = payments.of_subject(held.id)
        stripe.pay(payment.checkout_id)
        payment_outcomes.settle_payment(str(payment.id))
        service.offer_freed()
        assert (held_for(entry).status, state(entry), queries.open_entries(mia)) == ("confirmed", rules.BOOKED, [])

    def test_let_go_it_goes_to_the_next_and_comes_last(self, mia, entry, behind, booked, moment, run_jobs, mailbox):
        free_it(booked)
        run_jobs()
        moment.advance(minutes=21)
        run_jobs()
        assert (state(entry), state(behind)) == (rules.WAITING, rules.OFFERED)
        assert entry.queued_at > behind.queued_at
        assert subjects(mailbox, mia)[-1] == "You are at the end of the waitlist now"
        assert held_for(behind).status == "held"

    def test_it_is_kept_to_the_last_second_of_twenty_minutes(self, entry, behind, booked, moment, run_jobs):
        free_it(booked)
        run_jobs()
        moment.advance(minutes=19, seconds=59)
        service.offer_freed()
        run_jobs()
        assert (state(entry), state(behind), held_for(entry).status) == (rules.OFFERED, rules.WAITING, "held")
        moment.advance(seconds=1)
        run_jobs()
        assert (state(entry), state(behind)) == (rules.WAITING, rules.OFFERED)

    def test_it_goes_down_the_whole_waitlist_and_comes_round_once_more(
        self, entry, behind, booked, offering, moment, run_jobs
    ):
        moment.advance(minutes=1)
        last = an_entry(a_person("Zoe"), offering)
        free_it(booked)
        run_jobs()
        held = []
        for _ in range(6):
            (offered,) = [one for one in (entry, behind, last) if state(one) == rules.OFFERED]
            held.append(offered)
            assert held_for(offered).starts_at == THURSDAY_AT_TEN
            moment.advance(minutes=20)
            run_jobs()
        assert held == [entry, behind, last, entry, behind, last]
        assert {state(one) for one in held} == {rules.OVER}
        assert a_hold(a_person("Otto"), offering, THURSDAY_AT_TEN).status == "held"

    def test_the_second_one_let_go_is_the_last(self, mia, entry, booked, moment, run_jobs, mailbox):
        free_it(booked)
        run_jobs()
        moment.advance(minutes=21)
        run_jobs()
        assert state(entry) == rules.OFFERED
        assert "It is your second offer" in mailbox.to(mia.email)[-1].get_body(("plain",)).get_content()
        moment.advance(minutes=21)
        run_jobs()
        assert state(entry) == rules.OVER
        assert "You have let two offers go" in mailbox.to(mia.email)[-1].get_body(("plain",)).get_content()

    def test_money_that_comes_late_ends_the_entry_too(self, mia, entry, booked, moment, run_jobs, stripe, offering):
        free_it(booked)
        run_jobs()
        held = held_for(entry)
        booking_checkout.pay(mia, booking_id=held.id)
        payment = payments.of_subject(held.id)
        moment.advance(minutes=21)
        hold_expiry.expire_hold(str(held.id))
        service._settle(offering.coach_id)
        assert state(entry) == rules.WAITING
        stripe.pay(payment.checkout_id)
        payment_outcomes.settle_payment(str(payment.id))
        service.offer_freed()
        assert (held_for(entry).status, state(entry)) == ("confirmed", rules.BOOKED)

    def test_it_is_not_counted_among_the_mentees_own_holds(self, mia, entry, booked, offering, run_jobs):
        beth = a_coach("beth")
        weekly_hours(beth, 3)
        for hours in (2, 3):
            a_hold(mia, an_offering(beth), THURSDAY_AT_TEN + timedelta(hours=hours))
        free_it(booked)
        run_jobs()
        assert state(entry) == rules.OFFERED
        assert hold_queries.holds_and_paid_cents(mia.id, offering)[0] == 2

    def test_a_coupon_is_used_on_an_offer_as_on_any_time(self, ada, mia, entry, booked, run_jobs, stripe):
        coupons.make(ada.user, code="SPRING", percent=25)
        free_it(booked)
        run_jobs()
        offered = coupon_use.apply_coupon(mia, booking_id=held_for(entry).id, code="spring")
        assert a_payment(mia, offered, stripe).price_cents == 9000
        service.offer_freed()
        assert state(entry) == rules.BOOKED

    def test_a_mentee_has_one_offer_at_a_time(self, mia, entry, booked, stripe, run_jobs):
        beth = a_coach("beth")
        other = an_entry(mia, an_offering(beth))
        weekly_hours(beth, 4)
        free_it(booked)
        run_jobs()
        service.offer_freed()
        assert (state(entry), state(other)) == (rules.OFFERED, rules.WAITING)

    def test_two_offers_to_one_mentee_at_one_moment_are_one(self, mia, ada, entry, booked, offering):
        other = an_entry(mia, an_offering(ada, minutes=30))
        free_it(booked)
        entries = in_order(offering.coach_id)
        assert service._offer(entries[0], offering, THURSDAY_AT_TEN) is True
        assert service._offer(entries[1], offering, THURSDAY_AT_TEN + timedelta(days=1)) is False
        assert state(other) == rules.WAITING

    def test_a_mentee_may_book_what_is_due_to_the_entry(self, mia, entry, booked, offering):
        free_it(booked)
        a_hold(mia, offering, THURSDAY_AT_TEN)
        service.offer_freed()
        assert state(entry) == rules.WAITING
        (mine,) = in_order(offering.coach_id)
        assert service._offer(mine, offering, THURSDAY_AT_TEN) is False

    def test_an_inactive_mentee_is_passed_over(self, mia, entry, behind, booked, run_jobs):
        mia.active = False
        free_it(booked)
        run_jobs()
        assert (state(entry), state(behind)) == (rules.WAITING, rules.OFFERED)

    def test_an_entry_for_other_days_is_passed_over(self, mia, booked, offering, run_jobs):
        elsewhere = an_entry(mia, offering, weekdays=[0])
        fits = an_entry(a_person("Noor"), offering, from_minute=11 * 60, until_minute=12 * 60)
        free_it(booked)
        run_jobs()
        assert (state(elsewhere), state(fits)) == (rules.WAITING, rules.OFFERED)


class TestNobodyOvertakesTheWaitlist:
    """A time is due to who waits for it from the moment at which it is free, whenever the worker looks."""

    def test_not_before_the_first_offer(self, entry, booked, offering):
        free_it(booked)
        with pytest.raises(holds.SlotTaken) as refused:
            a_hold(a_person("Zoe"), offering, THURSDAY_AT_TEN)
        assert THURSDAY_AT_TEN.isoformat() not in refused.value.details["nearest"]
        service.offer_freed()
        assert state(entry) == rules.OFFERED

    def test_not_between_one_offer_and_the_next(self, entry, behind, booked, offering, moment, run_jobs):
        free_it(booked)
        run_jobs()
        moment.advance(minutes=20)
        with pytest.raises(holds.SlotTaken):
            a_hold(a_person("Zoe"), offering, THURSDAY_AT_TEN)
        run_jobs()
        assert state(behind) == rules.OFFERED

    def test_not_with_another_offering_of_the_coach(self, ada, entry, booked):
        free_it(booked)
        with pytest.raises(holds.SlotTaken):
            a_hold(a_person("Zoe"), an_offering(ada, minutes=30), THURSDAY_AT_TEN)

    def test_a_refusal_for_an_entry_further_back_names_what_is_near(self, ada, entry, booked):
        other = an_offering(ada, minutes=30)
        an_entry(a_person("Sue"), other)
        free_it(booked)
        session().expunge_all()
        with pytest.raises(holds.SlotTaken) as refusal:
            a_hold(a_person("Zoe"), other, THURSDAY_AT_TEN)
        assert "nearest" in refusal.value.details

    def test_not_by_moving_a_session_there(self, ada, entry, booked, offering, stripe):
        weekly_hours(ada, 4)
        friday = THURSDAY_AT_TEN + timedelta(days=1)
        booked_elsewhere = a_booking(
            a_person("Zoe"), an_offering(ada, notice_hours=0), friday + timedelta(days=7), stripe
        )
        service.leave(entry.mentee, entry_id=entry.id)
        an_entry(a_person("Noor"), offering, weekdays=[3])
        free_it(booked)
        with pytest.raises(holds.SlotTaken):
            reschedules.reschedule(booked_elsewhere.mentee, booking_id=booked_elsewhere.id, starts_at=THURSDAY_AT_TEN)

    def test_not_by_a_series(self, entry, booked, offering):
        free_it(booked)
        with pytest.raises(booking_series.SeriesDoesNotFit):
            booking_series.hold_series(
                a_person("Zoe"), offering_id=offering.id, starts_at=THURSDAY_AT_TEN, every_weeks=1, count=2, brief=BRIEF
            )

    def test_what_is_left_when_all_of_it_have_theirs_is_for_anybody(self, ada, entry, behind, booked, offering):
        weekly_hours(ada, 3, "12:00", "14:00")
        free_it(booked)
        zoe = a_person("Zoe")
        for hours in (0, 1):
            with pytest.raises(holds.SlotTaken):
                a_hold(zoe, offering, THURSDAY_AT_TEN + timedelta(hours=hours))
        assert a_hold(zoe, offering, THURSDAY_AT_TEN + timedelta(hours=2)).status == "held"

    def test_an_entry_alone_that_let_it_go_keeps_nobody_out(self, entry, booked, offering, moment, run_jobs):
        free_it(booked)
        run_jobs()
        moment.advance(minutes=20)
        assert a_hold(a_person("Zoe"), offering, THURSDAY_AT_TEN).status == "held"


class TestWhatFreesATime:
    def test_a_hold_that_lapses(self, offering, moment, run_jobs):
        first = a_hold(a_person("Otto"), offering, THURSDAY_AT_TEN)
        waiting = an_entry(a_person("Mia"), offering)
        moment.advance(minutes=16)
        run_jobs()
        assert booking_queries.locked(first.id).status == "expired"
        assert state(waiting) == rules.OFFERED

    def test_a_request_that_is_declined(self, ada, stripe, run_jobs):
        asked = a_booking(a_person("Otto"), an_offering(ada, by_approval=True), THURSDAY_AT_TEN, stripe)
        waiting = an_entry(a_person("Mia"), an_offering(ada))
        approvals.decline(ada.user, booking_id=asked.id)
        run_jobs()
        assert state(waiting) == rules.OFFERED

    def test_a_request_that_lapses(self, ada, stripe, moment, run_jobs):
        later = THURSDAY_AT_TEN + timedelta(days=7)
        a_booking(a_person("Otto"), an_offering(ada, by_approval=True), later, stripe)
        waiting = an_entry(a_person("Mia"), an_offering(ada, notice_hours=100), ends_on=date(2027, 3, 14))
        moment.advance(hours=49)
        approvals.lapse_requests()
        run_jobs()
        assert state(waiting) == rules.OFFERED

    def test_a_session_that_moves_away(self, ada, booked, entry, run_jobs):
        weekly_hours(ada, 0)
        reschedules.reschedule(booked.mentee, booking_id=booked.id, starts_at=datetime(2027, 3, 8, 10, tzinfo=UTC))
        run_jobs()
        assert state(entry) == rules.OFFERED

    def test_a_coach_who_comes_back_from_days_off(self, ada, offering):
        away = time_off.add_time_off(ada.user, starts_on=date(2027, 3, 4), ends_on=date(2027, 3, 4))
        waiting = an_entry(a_person("Mia"), offering)
        service.offer_freed()
        assert state(waiting) == rules.WAITING
        time_off.remove_time_off(ada.user, time_off_id=away.id)
        service.offer_freed()
        assert state(waiting) == rules.OFFERED

    def test_new_hours_found_by_the_sweep(self, ada, entry):
        weekly_hours(ada, 4)
        service.offer_freed()
        assert state(entry) == rules.OFFERED


class TestLeaving:
    def test_whoever_leaves_is_not_offered_anything(self, mia, entry, behind, booked, run_jobs):
        service.leave(mia, entry_id=entry.id)
        service.leave(mia, entry_id=entry.id)
        free_it(booked)
        run_jobs()
        assert (state(entry), state(behind)) == (rules.LEFT, rules.OFFERED)

    def test_whoever_leaves_with_an_offer_passes_it_on(self, mia, entry, behind, booked, run_jobs):
        free_it(booked)
        run_jobs()
        service.leave(mia, entry_id=entry.id)
        run_jobs()
        assert (state(entry), state(behind)) == (rules.LEFT, rules.OFFERED)

    def test_it_exists_for_its_mentee_alone(self, entry, ada):
        for stranger in (a_person("Noor"), ada.user, an_admin()):
            with pytest.raises(NotFound):
                service.leave(stranger, entry_id=entry.id)


class TestItsEnd:
    def test_when_its_days_are_over(self, mia, entry, moment, run_jobs, mailbox):
        moment.advance(days=7)
        service.offer_freed()
        run_jobs()
        assert state(entry) == rules.OVER
        assert "The days you waited for are over." in mailbox.to(mia.email)[-1].get_body(("plain",)).get_content()
        service.offer_freed()

    def test_when_the_offering_is_retired(self, mia, ada, entry, offering, run_jobs, mailbox):
        offerings.retire_offering(ada.user, offering_id=offering.id)
        service.offer_freed(str(ada.id))
        run_jobs()
        assert state(entry) == rules.OVER
        assert "It is not offered any more." in mailbox.to(mia.email)[-1].get_body(("plain",)).get_content()
