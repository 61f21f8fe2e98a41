"""Another time for the same session: by the mentee under her rules, by the coach as a proposal."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.audit.queries import timeline_of
from marketplace.bookings import queries, rules
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.completions import service as completions
from marketplace.bookings.earnings import service as earnings
from marketplace.bookings.holds import service as holds
from marketplace.bookings.reschedules import intervals
from marketplace.bookings.reschedules import queries as reschedule_queries
from marketplace.bookings.reschedules import rules as reschedule_rules
from marketplace.bookings.reschedules import service as reschedules
from marketplace.coaches.service import offerings
from marketplace.db import session
from marketplace.errors import NotAllowed, NotFound
from marketplace.ledger.queries.balances import balances
from marketplace.scheduling.queries import free_times
from tests.factories import a_booking, a_hold, a_person, an_admin, an_offering

THURSDAY_AT_TEN = datetime(2027, 3, 4, 10, tzinfo=UTC)
FRIDAY_AT_TWO = datetime(2027, 3, 5, 14, tzinfo=UTC)


@pytest.fixture
def booked(mia, offering, stripe, run_jobs, mailbox):
    made = a_booking(mia, offering, THURSDAY_AT_TEN, stripe)
    run_jobs()
    mailbox.clear()
    return made


def now(booking):
    return queries.locked(booking.id)


def invite_of(mail):
    (part,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return part.get_param("method"), part.get_content().replace("\r\n ", "")


class TestByTheMentee:
    def test_the_same_row_goes_to_the_new_time_and_keeps_everything_else(self, mia, booked, stripe):
        before = {column.key: getattr(booked, column.key) for column in booked.__table__.columns}
        charged = stripe.balance_net(), balances()
        reschedules.reschedule(mia, booking_id=booked.id, starts_at=FRIDAY_AT_TWO)
        after = {column.key: getattr(now(booked), column.key) for column in booked.__table__.columns}
        changed = {name for name in after if after[name] != before[name]}
        assert changed - {"changed_at"} == {"starts_at", "ends_at", "blocked", "sequence"}
        assert (after["starts_at"], after["ends_at"]) == (FRIDAY_AT_TWO, FRIDAY_AT_TWO + timedelta(hours=1))
        assert after["sequence"] == before["sequence"] + 1
        assert (stripe.balance_net(), balances()) == charged

    def test_the_old_time_is_free_and_the_new_one_is_not(self, mia, booked, offering):
        reschedules.reschedule(mia, booking_id=booked.id, starts_at=FRIDAY_AT_TWO)
        noor = a_person("Noor")
        with pytest.raises(holds.SlotTaken):
            a_hold(noor, offering, FRIDAY_AT_TWO)
        assert a_hold(noor, offering, THURSDAY_AT_TEN).status == rules.HELD

    def test_both_get_the_new_time_and_an_invite_under_the_same_uid(self, mia, ada, booked, run_jobs, mailbox):
        reschedules.reschedule(mia, booking_id=booked.id, starts_at=FRIDAY_AT_TWO)
        run_jobs()
        for person in (mia, ada.user):
            (mail,) = mailbox.to(person.email)
            assert mail["Subject"].startswith("Moved: One hour of mentoring with")
            body = mail.get_body(("plain",)).get_content()
            assert "Fri 5 Mar, 15:00-16:00 (Berlin)" in body
            assert "Thu 4 Mar, 11:00-12:00 (Berlin)" in body
            method, event = invite_of(mail)
            assert method == "REQUEST"
            assert f"UID:{booked.id}@fairhour" in event
            assert "SEQUENCE:1" in event

    def test_a_session_may_overlap_its_own_old_time(self, mia, booked):
        reschedules.reschedule(mia, booking_id=booked.id, starts_at=THURSDAY_AT_TEN + timedelta(minutes=30))
        assert now(booked).starts_at == THURSDAY_AT_TEN + timedelta(minutes=30)

    def test_a_second_move_is_refused(self, mia, booked):
        reschedules.reschedule(mia, booking_id=booked.id, starts_at=FRIDAY_AT_TWO)
        with pytest.raises(reschedules.RescheduledAlready):
            reschedules.reschedule(mia, booking_id=booked.id, starts_at=THURSDAY_AT_TEN)
        assert now(booked).starts_at == FRIDAY_AT_TWO

    @pytest.mark.parametrize(("hours_before", "may"), [(4, True), (3.99, False)])
    def test_it_may_be_moved_until_four_hours_before(self, mia, booked, moment, hours_before, may):
        moment.set(THURSDAY_AT_TEN - timedelta(hours=hours_before))
        if may:
            reschedules.reschedule(mia, booking_id=booked.id, starts_at=FRIDAY_AT_TWO)
        else:
            with pytest.raises(reschedules.TooLateToReschedule):
                reschedules.reschedule(mia, booking_id=booked.id, starts_at=FRIDAY_AT_TWO)

    def test_moving_late_is_no_way_round_the_rules_of_cancelling(self, mia, ada, booked, moment):
        moment.set(THURSDAY_AT_TEN - timedelta(hours=10))
        reschedules.reschedule(mia, booking_id=booked.id, starts_at=FRIDAY_AT_TWO + timedelta(days=7))
        quote = cancellations.quote_cancellation(mia, booking_id=booked.id)
        assert (quote.refund_cents, quote.kept_cents) == (6000, 6000)
        assert "half would have been refunded" in quote.why
        assert cancellations.quote_cancellation(ada.user, booking_id=booked.id).refund_cents == 12000

    def test_moving_early_leaves_every_right_as_it_was(self, mia, booked):
        reschedules.reschedule(mia, booking_id=booked.id, starts_at=FRIDAY_AT_TWO)
        assert cancellations.quote_cancellation(mia, booking_id=booked.id).refund_cents == 12000

    def test_a_taken_time_is_refused_with_what_is_near_and_nothing_changes(self, mia, booked, offering):
        a_hold(a_person("Noor"), offering, FRIDAY_AT_TWO)
        with pytest.raises(holds.SlotTaken) as refusal:
            reschedules.reschedule(mia, booking_id=booked.id, starts_at=FRIDAY_AT_TWO)
        assert len(refusal.value.details["nearest"]) == 3
        assert (now(booked).starts_at, now(booked).sequence) == (THURSDAY_AT_TEN, 0)
        assert reschedule_queries.reschedules_of(mia, booked.id) == []

    def test_a_lapsed_hold_is_not_in_the_way(self, mia, booked, offering, moment):
        held = a_hold(a_person("Noor"), offering, FRIDAY_AT_TWO)
        moment.advance(minutes=16)
        reschedules.reschedule(mia, booking_id=booked.id, starts_at=FRIDAY_AT_TWO)
        assert now(held).status == rules.EXPIRED

    def test_where_it_is_shown_free_by_mistake_the_database_refuses_it_still(self, mia, booked, offering, monkeypatch):
        a_hold(a_person("Noor"), offering, FRIDAY_AT_TWO)
        monkeypatch.setattr(free_times, "is_free", lambda *_, **__: True)
        with pytest.raises(holds.SlotTaken):
            reschedules.reschedule(mia, booking_id=booked.id, starts_at=FRIDAY_AT_TWO)
        assert now(booked).starts_at == THURSDAY_AT_TEN

    @pytest.mark.parametrize(
        "starts_at",
        [FRIDAY_AT_TWO.replace(hour=3), FRIDAY_AT_TWO.replace(minute=7), FRIDAY_AT_TWO + timedelta(days=300)],
        ids=["at night", "between the steps", "past the horizon"],
    )
    def test_a_time_that_is_not_offered_is_refused_naming_the_field(self, mia, booked, starts_at):
        with pytest.raises(holds.NotOffered) as refusal:
            reschedules.reschedule(mia, booking_id=booked.id, starts_at=starts_at)
        assert list(refusal.value.fields) == ["starts_at"]

    def test_its_own_time_is_no_move(self, mia, booked):
        with pytest.raises(intervals.SameTime):
            reschedules.reschedule(mia, booking_id=booked.id, starts_at=THURSDAY_AT_TEN)
        assert THURSDAY_AT_TEN not in reschedules.times(
            mia, booking_id=booked.id, start=THURSDAY_AT_TEN, end=FRIDAY_AT_TWO
        )

    def test_it_keeps_the_length_and_buffers_that_were_sold(self, mia, ada, stripe):
        sold = an_offering(ada, buffer_after_minutes=30)
        booking = a_booking(mia, sold, THURSDAY_AT_TEN, stripe)
        offerings.edit_offering(ada.user, offering_id=sold.id, minutes=30, buffer_after_minutes=0)
        offerings.retire_offering(ada.user, offering_id=sold.id)
        reschedules.reschedule(mia, booking_id=booking.id, starts_at=FRIDAY_AT_TWO)
        moved = now(booking)
        assert moved.ends_at - moved.starts_at == timedelta(hours=1)
        assert moved.buffers() == (timedelta(), timedelta(minutes=30))

    def test_what_is_earned_follows_the_new_end(self, mia, ada, booked, moment):
        reschedules.reschedule(mia, booking_id=booked.id, starts_at=FRIDAY_AT_TWO + timedelta(days=7))
        moment.set(FRIDAY_AT_TWO + timedelta(days=7, hours=1))
        completions.complete(ada.user, booking_id=booked.id, outcome=rules.TOOK_PLACE)
        moment.advance(hours=47)
        assert earnings.release(booked.id) is False
        moment.advance(hours=1)
        assert earnings.release(booked.id) is True

    def test_every_move_stands_in_the_story(self, mia, booked):
        reschedules.reschedule(mia, booking_id=booked.id, starts_at=FRIDAY_AT_TWO)
        entry = timeline_of(booked.id)[-1]
        assert (entry.action, entry.actor_id) == ("booking.moved", mia.id)
        assert entry.details == {"was": THURSDAY_AT_TEN.isoformat(), "starts_at": FRIDAY_AT_TWO.isoformat()}


def test_two_people_move_into_one_anothers_time_one_after_the_other(mia, booked, offering, stripe):
    noor = a_person("Noor")
    other = a_booking(noor, offering, FRIDAY_AT_TWO, stripe)
    with pytest.raises(holds.SlotTaken):
        reschedules.reschedule(mia, booking_id=booked.id, starts_at=FRIDAY_AT_TWO)
    reschedules.reschedule(noor, booking_id=other.id, starts_at=FRIDAY_AT_TWO + timedelta(hours=1))
    reschedules.reschedule(mia, booking_id=booked.id, starts_at=FRIDAY_AT_TWO)
    assert now(booked).starts_at == FRIDAY_AT_TWO


@pytest.mark.parametrize("by_approval", [False, True], ids=["held", "requested"])
def test_what_is_not_confirmed_is_not_moved(mia, ada, stripe, by_approval):
    unsure = an_offering(ada, by_approval=by_approval)
    booking = a_booking(mia, unsure, THURSDAY_AT_TEN, stripe) if by_approval else a_hold(mia, unsure, THURSDAY_AT_TEN)
    coach = ada.user
    with pytest.raises(reschedules.NotReschedulable):
        reschedules.reschedule(mia, booking_id=booking.id, starts_at=FRIDAY_AT_TWO)
    with pytest.raises(reschedules.NotReschedulable):
        reschedules.propose(coach, booking_id=booking.id, starts_at=FRIDAY_AT_TWO)


def test_what_has_ended_or_begun_is_not_moved(mia, ada, booked, moment):
    coach = ada.user
    moment.set(THURSDAY_AT_TEN)
    with pytest.raises(reschedules.NotReschedulable):
        reschedules.propose(coach, booking_id=booked.id, starts_at=FRIDAY_AT_TWO)
    moment.advance(hours=-40)
    cancellations.cancel(mia, booking_id=booked.id, expected_refund_cents=12000)
    with pytest.raises(reschedules.NotReschedulable):
        reschedules.reschedule(mia, booking_id=booked.id, starts_at=FRIDAY_AT_TWO)


def test_strangers_and_admins_move_nothing(booked, mia):
    stranger, admin = a_person("Noor"), an_admin()
    for command in (reschedules.reschedule, reschedules.propose):
        with pytest.raises(NotFound):
            command(stranger, booking_id=booked.id, starts_at=FRIDAY_AT_TWO)
        with pytest.raises(NotAllowed):
            command(admin, booking_id=booked.id, starts_at=FRIDAY_AT_TWO)
    with pytest.raises(NotAllowed):
        reschedules.check_reschedulable(admin, booked)
    with pytest.raises(NotAllowed):
        reschedules.propose(mia, booking_id=booked.id, starts_at=FRIDAY_AT_TWO)


class TestByTheCoach:
    @pytest.fixture
    def coach(self, ada):
        return ada.user

    @pytest.fixture
    def proposal(self, coach, booked):
        return reschedules.propose(
            coach, booking_id=booked.id, starts_at=FRIDAY_AT_TWO, reason="I have to see a doctor."
        )

    def test_nothing_changes_until_the_mentee_accepts(self, mia, booked, proposal, offering, run_jobs, mailbox):
        run_jobs()
        assert now(booked).starts_at == THURSDAY_AT_TEN
        assert a_hold(a_person("Noor"), offering, FRIDAY_AT_TWO + timedelta(hours=1)).status == rules.HELD
        (mail,) = mailbox.to(mia.email)
        body = mail.get_body(("plain",)).get_content()
        assert "Now: Thu 4 Mar, 11:00-12:00 (Berlin)" in body
        assert "Proposed: Fri 5 Mar, 15:00-16:00 (Berlin)" in body
        assert "I have to see a doctor." in body

    def test_accepting_moves_it_and_leaves_the_mentees_own_move_untouched(self, mia, booked, proposal):
        reschedules.accept(mia, booking_id=booked.id, reschedule_id=proposal.id)
        assert now(booked).starts_at == FRIDAY_AT_TWO
        assert reschedule_queries.open_proposal(now(booked)) is None
        reschedules.reschedule(mia, booking_id=booked.id, starts_at=THURSDAY_AT_TEN)
        assert [move.status for move in reschedule_queries.reschedules_of(mia, booked.id)] == [
            reschedule_rules.DONE,
            reschedule_rules.ACCEPTED,
        ]

    def test_accepting_late_costs_the_mentee_nothing(self, mia, coach, booked, moment):
        moment.set(THURSDAY_AT_TEN - timedelta(hours=2))
        soon = reschedules.propose(coach, booking_id=booked.id, starts_at=THURSDAY_AT_TEN + timedelta(hours=3))
        reschedules.accept(mia, booking_id=booked.id, reschedule_id=soon.id)
        assert now(booked).refund_at_most_cents is None

    def test_declining_leaves_it_where_it_is_and_tells_the_coach(self, mia, coach, booked, proposal, run_jobs, mailbox):
        reschedules.decline(mia, booking_id=booked.id, reschedule_id=proposal.id)
        run_jobs()
        assert now(booked).starts_at == THURSDAY_AT_TEN
        assert "has declined your proposal" in mailbox.to(coach.email)[-1].get_body(("plain",)).get_content()
        with pytest.raises(reschedules.ProposalAnswered):
            reschedules.accept(mia, booking_id=booked.id, reschedule_id=proposal.id)

    def test_taking_it_back_tells_the_mentee(self, mia, coach, booked, proposal, run_jobs, mailbox):
        reschedules.withdraw(coach, booking_id=booked.id, reschedule_id=proposal.id)
        run_jobs()
        assert "The proposal is withdrawn" in mailbox.to(mia.email)[-1].get_body(("plain",)).get_content()
        with pytest.raises(reschedules.ProposalAnswered):
            reschedules.decline(mia, booking_id=booked.id, reschedule_id=proposal.id)

    def test_each_answers_only_for_herself(self, mia, coach, booked, proposal):
        for command, wrong in (
            (reschedules.accept, coach),
            (reschedules.decline, coach),
            (reschedules.withdraw, mia),
        ):
            with pytest.raises(NotAllowed):
                command(wrong, booking_id=booked.id, reschedule_id=proposal.id)
        with pytest.raises(NotFound):
            reschedules.accept(mia, booking_id=booked.id, reschedule_id=booked.id)

    def test_a_new_proposal_replaces_the_old_one(self, mia, coach, booked, proposal):
        newer = reschedules.propose(coach, booking_id=booked.id, starts_at=FRIDAY_AT_TWO + timedelta(hours=1))
        with pytest.raises(reschedules.ProposalAnswered):
            reschedules.accept(mia, booking_id=booked.id, reschedule_id=proposal.id)
        reschedules.accept(mia, booking_id=booked.id, reschedule_id=newer.id)
        assert now(booked).starts_at == FRIDAY_AT_TWO + timedelta(hours=1)

    def test_a_proposed_time_that_is_gone_is_refused_and_the_session_stays(self, mia, booked, proposal, offering):
        a_hold(a_person("Noor"), offering, FRIDAY_AT_TWO)
        with pytest.raises(holds.SlotTaken):
            reschedules.accept(mia, booking_id=booked.id, reschedule_id=proposal.id)
        assert now(booked).starts_at == THURSDAY_AT_TEN
        assert reschedule_queries.open_proposal(now(booked)).id == proposal.id

    def test_without_an_answer_it_lapses_and_the_coach_is_told(
        self, coach, booked, proposal, moment, run_jobs, mailbox
    ):
        reschedules.lapse_proposals()
        session().refresh(proposal)
        assert proposal.status == reschedule_rules.PROPOSED
        moment.set(THURSDAY_AT_TEN)
        assert reschedule_queries.open_proposal(now(booked)) is None
        reschedules.lapse_proposals()
        reschedules.lapse_proposals()
        run_jobs()
        session().refresh(proposal)
        assert proposal.status == reschedule_rules.LAPSED
        assert "has not answered" in mailbox.to(coach.email)[-1].get_body(("plain",)).get_content()

    def test_one_that_is_answered_while_the_sweep_looks_stays_answered(self, mia, booked, proposal, moment):
        reschedules.decline(mia, booking_id=booked.id, reschedule_id=proposal.id)
        moment.set(THURSDAY_AT_TEN)
        reschedules._lapse(booked.id, proposal.id)
        session().refresh(proposal)
        assert proposal.status == reschedule_rules.DECLINED

    def test_it_lapses_without_a_word_when_the_session_is_cancelled(
        self, mia, coach, booked, proposal, run_jobs, mailbox
    ):
        cancellations.cancel(mia, booking_id=booked.id, expected_refund_cents=12000)
        run_jobs()
        mailbox.clear()
        with pytest.raises(reschedules.ProposalAnswered):
            reschedules.accept(mia, booking_id=booked.id, reschedule_id=proposal.id)
        reschedules.lapse_proposals()
        run_jobs()
        session().refresh(proposal)
        assert (proposal.status, mailbox.to(coach.email)) == (reschedule_rules.LAPSED, [])

    def test_the_mentees_own_move_ends_it(self, mia, booked, proposal):
        reschedules.reschedule(mia, booking_id=booked.id, starts_at=FRIDAY_AT_TWO + timedelta(days=1))
        with pytest.raises(reschedules.ProposalAnswered):
            reschedules.accept(mia, booking_id=booked.id, reschedule_id=proposal.id)

    def test_the_notice_does_not_bind_the_coach_herself(self, coach, booked, offering, moment):
        moment.set(THURSDAY_AT_TEN - timedelta(hours=2))
        soon = THURSDAY_AT_TEN + timedelta(hours=3)
        assert soon not in reschedules.times(
            queries.locked(booked.id).mentee, booking_id=booked.id, start=soon, end=soon + timedelta(hours=1)
        )
        reschedules.propose(coach, booking_id=booked.id, starts_at=soon)
