"""The same hour week after week: what fits is told first, held at once, paid at once, and each is its own session."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from marketplace.bookings import queries, rules
from marketplace.bookings.approvals import service as approvals
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.completions import service as completions
from marketplace.bookings.earnings import service as earnings
from marketplace.bookings.holds import expiry as hold_expiry
from marketplace.bookings.holds import queries as hold_queries
from marketplace.bookings.holds import service as holds
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.bookings.reschedules import service as reschedules
from marketplace.bookings.series import queries as series_queries
from marketplace.bookings.series import rules as series_rules
from marketplace.bookings.series import service as booking_series
from marketplace.errors import NotFound
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.queries.balances import balance
from marketplace.ledger.queries.entries import entries
from marketplace.ledger_reports.queries import entries as ledger_entries
from marketplace.payments import queries as payments
from marketplace.scheduling.queries import free_times
from tests.factories import BRIEF, a_coach, a_hold, a_person, an_admin, an_offering, open_all_week

WEDNESDAY_AT_TEN = datetime(2027, 3, 3, 10, tzinfo=UTC)
WEEK = timedelta(weeks=1)


def a_series(mentee, offering, **changes):
    values = {"starts_at": WEDNESDAY_AT_TEN, "every_weeks": 1, "count": 3, "brief": BRIEF, "mode": series_rules.ALL}
    return booking_series.hold_series(mentee, offering_id=offering.id, **values | changes)


def paid(mentee, held, stripe, card="4242424242424242"):
    booking_checkout.pay(mentee, booking_id=held[-1].id)
    payment = payments.of_subject(held[0].series_id)
    stripe.pay(payment.checkout_id, card)
    payment_outcomes.settle_payment(str(payment.id))
    return [queries.locked(booking.id) for booking in held]


def states(held):
    return [queries.locked(booking.id).status for booking in held]


@pytest.mark.parametrize(
    ("zone", "change"),
    [("Europe/Berlin", datetime(2027, 3, 28)), ("America/New_York", datetime(2027, 3, 14))],
)
def test_a_series_keeps_the_wall_clock_hour_across_a_clock_change(mia, zone, change):
    coach = open_all_week(a_coach("ada", timezone=zone))
    first = datetime(2027, 3, 10, 10, tzinfo=ZoneInfo(zone))
    held = a_series(mia, an_offering(coach), starts_at=first.astimezone(UTC), count=4)
    assert [b.starts_at.astimezone(ZoneInfo(zone)).hour for b in held] == [10] * 4
    in_utc = {b.starts_at.hour for b in held}
    assert len(in_utc) == 2
    assert all(
        (b.starts_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) > change) == (b.starts_at.hour == min(in_utc))
        for b in held
    )


def test_an_hour_that_the_clocks_skip_is_told_before_paying():
    coach = open_all_week(a_coach("ada"), "00:00", "24:00")
    first = datetime(2027, 3, 21, 2, 30, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)
    planned = booking_series.preview(an_offering(coach), starts_at=first, every_weeks=1, count=3)
    assert [each.fits for each in planned] == [True, False, True]
    assert planned[1].starts_at is None
    assert planned[1].why_not == "The clocks go forward over this hour."


def test_an_hour_that_comes_twice_is_the_first_one():
    found = series_rules.occurrences(datetime(2027, 10, 24, 0, 30, tzinfo=UTC), "Europe/Berlin", every_weeks=1, count=3)
    assert [each.starts_at for each in found] == [
        datetime(2027, 10, 24, 0, 30, tzinfo=UTC),
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
        datetime(2027, 11, 7, 1, 30, tzinfo=UTC),
    ]


def test_all_or_nothing_names_the_hour_that_the_clocks_skip(mia):
    coach = open_all_week(a_coach("ada"), "00:00", "24:00")
    first = datetime(2027, 3, 21, 2, 30, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)
    with pytest.raises(booking_series.SeriesDoesNotFit) as refusal:
        a_series(mia, an_offering(coach), starts_at=first)
    assert "Sun 28 Mar, 02:30 (Berlin): The clocks go forward over this hour." in refusal.value.sentence


def test_the_preview_says_of_each_session_why_it_does_not_fit(offering, ada, mia):
    a_hold(a_person("Noor"), offering, WEDNESDAY_AT_TEN + WEEK)
    planned = booking_series.preview(offering, starts_at=WEDNESDAY_AT_TEN, every_weeks=1, count=10)
    assert planned[0].fits
    assert planned[1].why_not == "Somebody has booked this time."
    assert planned[9].why_not == "It can be booked only 60 days ahead."
    (night,) = booking_series.preview(offering, starts_at=WEDNESDAY_AT_TEN.replace(hour=3), every_weeks=1, count=2)[:1]
    assert night.why_not == "Ada is not free then."


def test_fortnightly_leaves_every_other_week_free(mia, offering):
    held = a_series(mia, offering, every_weeks=2)
    assert [b.starts_at.date() - WEDNESDAY_AT_TEN.date() for b in held] == [timedelta(), 2 * WEEK, 4 * WEEK]
    assert a_hold(a_person("Noor"), offering, WEDNESDAY_AT_TEN + WEEK).status == rules.HELD


class TestHolding:
    def test_all_or_nothing_names_what_does_not_fit(self, mia, offering):
        a_hold(a_person("Noor"), offering, WEDNESDAY_AT_TEN + WEEK)
        with pytest.raises(booking_series.SeriesDoesNotFit) as refusal:
            a_series(mia, offering)
        assert "Wed 10 Mar, 11:00 (Berlin): Somebody has booked this time." in refusal.value.sentence
        assert refusal.value.details["missing"] == [
            {"wall_clock": "2027-03-10T11:00:00", "why": "Somebody has booked this time."}
        ]
        assert hold_queries.holds_and_paid_cents(mia.id, offering)[0] == 0

    def test_what_fits_is_held_where_that_was_asked_for(self, mia, offering):
        a_hold(a_person("Noor"), offering, WEDNESDAY_AT_TEN + WEEK)
        held = a_series(mia, offering, mode=series_rules.FITTING)
        assert [b.starts_at for b in held] == [WEDNESDAY_AT_TEN, WEDNESDAY_AT_TEN + 2 * WEEK]

    @pytest.mark.parametrize("mode", series_rules.MODES)
    def test_where_it_is_shown_free_by_mistake_the_database_refuses_it_still(self, mia, offering, monkeypatch, mode):
        a_hold(a_person("Noor"), offering, WEDNESDAY_AT_TEN + WEEK)
        monkeypatch.setattr(free_times, "is_free", lambda *_, **__: True)
        if mode == series_rules.FITTING:
            assert len(a_series(mia, offering, mode=mode)) == 2
        else:
            with pytest.raises(booking_series.SeriesDoesNotFit):
                a_series(mia, offering, mode=mode)
            assert hold_queries.holds_and_paid_cents(mia.id, offering)[0] == 0

    def test_nothing_that_fits_is_refused(self, mia, offering):
        with pytest.raises(booking_series.SeriesDoesNotFit):
            a_series(mia, offering, starts_at=WEDNESDAY_AT_TEN.replace(hour=3), mode=series_rules.FITTING)

    def test_a_series_counts_as_one_hold(self, mia, offering):
        a_series(mia, offering, count=5)
        assert hold_queries.holds_and_paid_cents(mia.id, offering)[0] == 1
        a_hold(mia, offering, WEDNESDAY_AT_TEN + timedelta(hours=2))
        with pytest.raises(holds.TooManyHolds):
            a_series(mia, offering, starts_at=WEDNESDAY_AT_TEN + timedelta(hours=3))

    def test_the_same_people_are_refused_as_for_one_session(self, offering, ada):
        stranger, coach = a_person("Noor", confirmed=False), ada.user
        with pytest.raises(holds.AddressNotConfirmed):
            a_series(stranger, offering)
        with pytest.raises(holds.OwnSession):
            a_series(coach, offering)

    def test_it_lapses_whole_and_every_time_is_free_again(self, mia, offering, moment, run_jobs, stripe):
        held = a_series(mia, offering)
        booking_checkout.pay(mia, booking_id=held[0].id)
        moment.advance(minutes=16)
        run_jobs()
        assert states(held) == [rules.EXPIRED] * 3
        assert payments.of_subject(held[0].series_id).status == "cancelled"

    def test_giving_one_time_back_gives_all_back(self, mia, offering, run_jobs):
        held = a_series(mia, offering)
        cancellations.cancel(mia, booking_id=held[1].id, expected_refund_cents=0)
        assert states(held) == [rules.CANCELLED] * 3


class TestPaying:
    def test_one_payment_pays_for_all_and_confirms_each(self, mia, offering, stripe, run_jobs, mailbox):
        held = paid(mia, a_series(mia, offering), stripe)
        assert states(held) == [rules.CONFIRMED] * 3
        assert {b.payment_id for b in held} == {payments.of_subject(held[0].series_id).id}
        assert stripe.read("payment_intents")["data"][0]["amount"] == 36000
        assert balance(ledger_accounts.SESSIONS_OWED, "usd") == 36000
        run_jobs()
        for person in (mia.email, offering.coach.user.email):
            [mail] = mailbox.besides_invoices(person)
            assert "3 sessions" in mail["Subject"]
            [file] = mail.iter_attachments()
            assert (file.get_filename(), file.get_param("method")) == ("sessions.ics", "PUBLISH")
            assert file.get_content().count("BEGIN:VEVENT") == 3

    def test_any_of_its_sessions_leads_to_the_same_page_to_pay_on(self, mia, offering, stripe):
        held = a_series(mia, offering)
        assert len({booking_checkout.pay(mia, booking_id=booking.id) for booking in held}) == 1

    def test_cancelling_one_refunds_its_share_and_keeps_the_others(self, mia, offering, stripe, run_jobs):
        held = paid(mia, a_series(mia, offering), stripe)
        cancellations.cancel(mia, booking_id=held[1].id, expected_refund_cents=12000)
        run_jobs()
        assert states(held) == [rules.CONFIRMED, rules.CANCELLED, rules.CONFIRMED]
        assert [refund["amount"] for refund in stripe.read("refunds")["data"]] == [12000]
        assert [len(queries.refunds_of(booking)) for booking in held] == [0, 1, 0]

    def test_when_the_coach_cancels_each_every_cent_goes_back(self, mia, ada, offering, stripe, run_jobs):
        held = paid(mia, a_series(mia, offering), stripe)
        for booking in held:
            cancellations.cancel(ada.user, booking_id=booking.id, expected_refund_cents=12000)
        run_jobs()
        assert balance(ledger_accounts.SESSIONS_OWED, "usd") == 0
        assert balance(ledger_accounts.STRIPE, "usd") == stripe.balance_net()

    def test_one_session_is_moved_and_the_others_stay(self, mia, offering, stripe):
        held = paid(mia, a_series(mia, offering), stripe)
        reschedules.reschedule(mia, booking_id=held[1].id, starts_at=held[1].starts_at + timedelta(hours=2))
        assert [b.starts_at - WEDNESDAY_AT_TEN for b in series_queries.series_of(mia, held[0].series_id)] == [
            timedelta(),
            WEEK + timedelta(hours=2),
            2 * WEEK,
        ]

    def test_each_session_is_earned_by_itself(self, mia, ada, offering, stripe, moment):
        held = paid(mia, a_series(mia, offering), stripe)
        moment.set(held[0].ends_at + timedelta(hours=48))
        completions.complete(ada.user, booking_id=held[0].id, outcome=rules.TOOK_PLACE)
        earnings.release_earnings()
        assert balance(ledger_accounts.coach(ada.id), "usd") == 10800

    def test_an_admin_finds_the_payment_by_any_of_its_sessions(self, mia, offering, stripe):
        held = paid(mia, a_series(mia, offering), stripe)
        keys = {line.key for line in ledger_entries.entries(an_admin(), about=held[2].id)}
        assert f"paid:{held[0].payment_id}" in keys
        assert {line.key for line in entries(subject_ids=[held[0].series_id])} == keys

    def test_late_money_takes_back_what_is_free_and_returns_the_share_of_what_is_not(
        self, mia, offering, stripe, moment, run_jobs, mailbox
    ):
        held = a_series(mia, offering)
        booking_checkout.pay(mia, booking_id=held[0].id)
        moment.advance(minutes=16)
        hold_expiry.expire_holds()
        a_hold(a_person("Noor"), offering, held[1].starts_at)
        payment = payments.of_subject(held[0].series_id)
        stripe.pay(payment.checkout_id)
        for _ in range(2):
            payment_outcomes.abandon_payment(str(payment.id))
        run_jobs()
        assert states(held) == [rules.CONFIRMED, rules.EXPIRED, rules.CONFIRMED]
        assert [refund["amount"] for refund in stripe.read("refunds")["data"]] == [12000]
        assert len([m for m in mailbox.to(mia.email) if "too late" in m["Subject"]]) == 1

    def test_a_series_of_which_one_time_is_gone_is_not_paid_for(self, mia, offering, moment):
        held = a_series(mia, offering)
        moment.advance(minutes=15)
        a_hold(a_person("Noor"), offering, held[1].starts_at)
        with pytest.raises(booking_checkout.HoldLapsed):
            booking_checkout.pay(mia, booking_id=held[0].id)


class TestByApproval:
    @pytest.fixture
    def asked(self, mia, ada, stripe):
        return paid(mia, a_series(mia, an_offering(ada, by_approval=True)), stripe)

    def test_the_coach_is_asked_once_for_all_of_it(self, asked, ada, run_jobs, mailbox):
        assert {(b.status, b.decide_by) for b in asked} == {(rules.REQUESTED, asked[0].decide_by)}
        run_jobs()
        (mail,) = mailbox.to(ada.user.email)
        body = mail.get_body(("plain",)).get_content()
        assert "360.00 USD" in body
        assert body.count("11:00-12:00 (Berlin)") == 3

    def test_accepting_one_accepts_all(self, asked, ada, run_jobs):
        approvals.approve(ada.user, booking_id=asked[1].id)
        run_jobs()
        assert states(asked) == [rules.CONFIRMED] * 3
        assert balance(ledger_accounts.SESSIONS_OWED, "usd") == 36000

    def test_declining_one_declines_all_and_tells_it_once(self, asked, ada, mia, run_jobs, mailbox):
        run_jobs()
        mailbox.clear()
        approvals.decline(ada.user, booking_id=asked[1].id)
        run_jobs()
        assert states(asked) == [rules.DECLINED] * 3
        assert len(mailbox.to(mia.email)) == 1
        assert payments.one(asked[0].payment_id).status == "cancelled"

    def test_withdrawing_one_withdraws_all(self, asked, mia, run_jobs):
        cancellations.cancel(mia, booking_id=asked[2].id, expected_refund_cents=0)
        run_jobs()
        assert states(asked) == [rules.CANCELLED] * 3

    def test_without_an_answer_all_of_it_lapses(self, asked, moment, run_jobs, mailbox, mia):
        run_jobs()
        mailbox.clear()
        moment.advance(hours=49)
        approvals.lapse_requests()
        run_jobs()
        assert states(asked) == [rules.EXPIRED] * 3
        assert len(mailbox.to(mia.email)) == 1


def test_a_series_is_for_its_two_people(mia, ada, offering):
    held = a_series(mia, offering)
    assert len(series_queries.series_of(ada.user, held[0].series_id)) == 3
    with pytest.raises(NotFound):
        series_queries.series_of(a_person("Noor"), held[0].series_id)
    with pytest.raises(NotFound):
        queries.found(held[0].series_id)
