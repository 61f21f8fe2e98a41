"""Each invariant is broken for real, behind the commands' back, and the look names it."""

from datetime import timedelta

import pytest
from sqlalchemy import event, text

from marketplace import clock
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.completions import service as completions
from marketplace.bookings.coupon_use import service as coupon_use
from marketplace.bookings.disputes import service as booking_disputes
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.coupons import service as coupons
from marketplace.db import db, session, uuid7
from marketplace.invariants import queries as invariant_queries
from marketplace.invariants.rules import catalog
from marketplace.ledger.service.closings import close_ledger
from marketplace.ledger.service.postings import post
from marketplace.payments.service import disputes as payment_disputes
from marketplace.payouts.service import reversals as payout_reversals
from marketplace.scheduling.service import projection
from tests.factories import a_booking, a_coach, a_hold, an_offering, open_all_week
from tests.invariants.conftest import broken


def behind_our_back(statement, **values):
    """SQL as somebody at the console could run it: no trigger and no foreign key looks."""
    session().execute(text("set local session_replication_role = replica"))
    done = session().execute(text(statement), values)
    session().execute(text("set local session_replication_role = origin"))
    session().commit()
    session().expire_all()
    assert done.rowcount > 0


def change(thing, values, **given):
    behind_our_back(f"update {thing.__tablename__} set {values} where id = :id", id=thing.id, **given)


def a_refund(payment, cents, key, status="intended", intended_at=None):
    behind_our_back(
        "insert into refunds (id, payment_id, key, amount_cents, reason, status, attempt, intended_at) "
        "values (:id, :payment_id, :key, :cents, 'a test', :status, 1, :at)",
        id=uuid7(),
        payment_id=payment.id,
        key=key,
        cents=cents,
        status=status,
        at=intended_at or clock.now(),
    )


def a_job(status, worker=None):
    behind_our_back(
        "insert into procrastinate_jobs (queue_name, task_name, status, scheduled_at, worker_id, attempts) "
        "values ('default', 'remind', cast(:status as procrastinate_job_status), now() - interval '1 h', :worker, 3)",
        status=status,
        worker=worker,
    )


def test_where_all_went_well_nothing_is_broken(payout):
    assert broken() == set()


def test_every_step_of_a_session_leaves_everything_true(mia, ada, alma, offering, held, paid, stripe, moment, run_jobs):
    """Settled at once means true at any moment: money in, a refund on its way and gone, a coach paid and a dispute."""
    run_jobs()
    assert broken(settled=True) == set()
    quote = cancellations.quote_cancellation(mia, booking_id=paid.id)
    cancellations.cancel(mia, booking_id=paid.id, expected_refund_cents=quote.refund_cents)
    assert broken() == set()
    run_jobs()
    assert broken(settled=True) == set()


def test_a_lost_dispute_on_a_released_session_leaves_everything_true(released, stripe, run_jobs):
    dispute = stripe.dispute(released.payment.charge_id, reason="fraudulent")["id"]
    payment_disputes.sync_dispute(dispute)
    booking_disputes.dispute_changed(dispute)
    assert broken() == set()
    stripe.decide(dispute, "lost")
    payment_disputes.sync_dispute(dispute)
    booking_disputes.dispute_changed(dispute)
    run_jobs()
    assert broken() == set()


def test_names_are_unique_and_sentences_end():
    names = [one.name for one in catalog.INVARIANTS]
    assert len(names) == len(set(names)) >= 25
    assert all(str(one.sentence).endswith(".") for one in catalog.INVARIANTS)


def test_a_session_beside_another_is_named(paid, held):
    session().execute(text("alter table bookings drop constraint bookings_one_session_at_a_time"))
    change(held, "starts_at = :at, ends_at = :to, blocked = tstzrange(:at, :to)", at=paid.starts_at, to=paid.ends_at)
    # Its own time is shown as claimed, so nothing is shown free by mistake.
    assert broken() == {"one_session_at_a_time"}


def test_a_coach_who_is_a_mentee_elsewhere_at_once_is_named(paid, ada):
    elsewhere = a_hold(ada.user, an_offering(open_all_week(a_coach("beth"))), paid.starts_at + timedelta(hours=3))
    values = "starts_at = :at, ends_at = :to, blocked = tstzrange(:at, :to)"
    change(elsewhere, values, at=paid.starts_at, to=paid.ends_at)
    # Beth's own list still shows the hour.
    assert broken() == {"nobody_in_two_places", "free_times_are_free"}


def test_an_hour_that_a_coach_has_bought_and_still_offers_is_named(ada):
    beth = open_all_week(a_coach("beth"))
    bought = a_hold(ada.user, an_offering(beth), clock.now() + timedelta(days=2))
    assert broken() == set()
    behind_our_back(
        "insert into free_ranges select coach_id, schedule_id, :at, :to, :at, :to from openings where coach_id = :id "
        "limit 1",
        id=ada.id,
        at=bought.starts_at,
        to=bought.ends_at,
    )
    assert broken() == {"free_times_are_free"}


def test_a_confirmed_session_without_money_is_named(held):
    change(held, "status = 'confirmed', confirmed_at = now()")
    assert broken() == {"sessions_are_paid"}


def test_a_paid_time_that_stays_held_is_named_after_some_minutes(paid, moment):
    change(paid, "status = 'held', hold_expires_at = :at", at=paid.ends_at)
    assert broken() == set()
    moment.advance(minutes=11)
    assert broken() == {"paid_is_confirmed"}


def test_a_hold_beyond_its_minutes_is_named(held, moment):
    moment.advance(minutes=19)
    assert broken() == set()
    assert broken(settled=True) == {"holds_end"}
    moment.advance(minutes=2)
    assert broken() == {"holds_end"}


def test_a_request_nobody_answered_is_named(mia, ada, stripe, moment):
    asked = a_booking(mia, an_offering(ada, by_approval=True), clock.now().replace(hour=12) + timedelta(days=3), stripe)
    change(asked, "decide_by = :at", at=clock.now())
    moment.advance(minutes=9)
    assert broken() == set()
    moment.advance(minutes=2)
    assert broken() == {"requests_end"}


def test_a_session_that_never_ends_is_named(paid, moment):
    moment.advance(days=3)
    assert broken() == {"sessions_end"}


def test_a_release_too_early_is_named(released):
    change(released, "released_at = ends_at")
    assert broken() == {"released_after_the_window"}


def test_earnings_that_are_kept_from_the_coach_are_named(paid, moment):
    moment.advance(days=9)
    payment_outcomes.settle_payment(str(paid.payment_id))
    completions.complete_sessions()
    assert broken() == set()
    moment.advance(minutes=31)
    assert broken() == {"earnings_are_released"}


def test_a_claimed_time_that_is_shown_free_is_named(paid, ada):
    behind_our_back(
        "insert into free_ranges (coach_id, schedule_id, starts_at, ends_at, clear_from, clear_until) "
        "values (:coach, :coach, :at, :to, :at, :to)",
        coach=ada.id,
        at=paid.starts_at,
        to=paid.ends_at,
    )
    assert broken() == {"free_times_are_free"}


LISTED_OTHERWISE = [
    "delete from listed_offerings",
    "update listed_offerings set price_cents = 1",
    "delete from listed_topics",
    "update listed_topics set price_cents = 1",
]


@pytest.mark.parametrize("change", LISTED_OTHERWISE)
def test_an_offering_that_a_search_knows_otherwise_is_named_and_repaired(paid, ada, change):
    behind_our_back(change)
    assert broken() == {"what_is_found_is_what_is_sold"}
    projection.repair_free_ranges(ada.handle)
    assert broken() == set()


def test_more_refunds_than_money_are_named(paid):
    a_refund(paid.payment, 12001, "again:of-nothing")
    assert broken() == {"refunds_within_payment"}


def test_a_refund_that_its_session_does_not_know_is_named_in_both_books(paid, moment):
    a_refund(paid.payment, 100, "of-nobody", status="failed")
    moment.advance(minutes=11)
    assert broken() == {"refunds_match_bookings", "sessions_owed_is_unsettled"}


def test_money_that_bought_nothing_is_named(paid, moment):
    change(paid, "status = 'expired', confirmed_at = null, ended_at = :at", at=clock.now())
    moment.advance(minutes=11)
    assert broken() == {"money_buys_a_session"}


def test_a_refund_that_is_never_asked_for_is_named(mia, paid, moment):
    cancellations.cancel(mia, booking_id=paid.id, expected_refund_cents=12000)
    session().execute(text("delete from procrastinate_jobs"))
    moment.advance(minutes=14)
    assert broken() == set()
    moment.advance(minutes=2)
    assert broken() == {"refunds_are_sent"}


def test_a_checkout_whose_answer_never_came_is_named(mia, held, stripe, moment):
    booking_checkout.pay(mia, booking_id=held.id)
    session().refresh(held, ["payment"])
    change(held.payment, "checkout_id = null, checkout_expires_at = :at, payable_until = :at", at=clock.now())
    moment.advance(minutes=16)
    assert "checkouts_end" in broken()


def test_an_authorisation_beyond_its_time_is_named(mia, ada, stripe, moment):
    asked = a_booking(mia, an_offering(ada, by_approval=True), clock.now().replace(hour=12) + timedelta(days=3), stripe)
    assert asked.status == "requested"
    change(asked.payment, "capture_before = :at", at=clock.now())
    moment.advance(minutes=16)
    assert broken() == {"authorisations_end"}


def test_a_payout_that_hangs_is_named_and_so_is_the_way_it_took(payout, moment):
    change(payout, "status = 'sending', tried_at = :at", at=clock.now())
    moment.advance(minutes=16)
    assert broken() == {"payouts_leave", "payouts_are_booked", "in_transit_is_being_sent"}


def test_a_second_open_payout_of_a_coach_is_named(payout):
    session().execute(text("drop index payouts_one_open_each_idx"))
    session().execute(text("alter table payouts drop constraint payouts_run_id_coach_id_currency_key"))
    for _ in range(2):
        behind_our_back(
            "insert into payouts (id, run_id, coach_id, amount_cents, currency, status, attempt, created_at, rail) "
            "select :id, run_id, coach_id, 1, currency, 'proposed', 0, created_at, rail from payouts where id = :like",
            id=uuid7(),
            like=payout.id,
        )
    assert broken() == {"every_payout_once", "payout_lines_make_the_payout"}


def test_a_release_while_the_bank_disputes_is_named(released):
    change(released.payment, "disputed_at = :at", at=released.ends_at)
    assert broken() == {"never_released_while_disputed"}


def test_disputed_earnings_that_the_coach_still_has_are_named(released, stripe, moment):
    payment_disputes.sync_dispute(stripe.dispute(released.payment.charge_id, reason="fraudulent")["id"])
    assert broken() == set()
    moment.advance(minutes=16)
    assert broken() == {"disputed_earnings_are_aside"}


def test_a_sum_that_was_tampered_with_is_named(released):
    close_ledger()
    behind_our_back(
        "update ledger_closed_balances set debit_cents = debit_cents + 1 where account_id = "
        "(select id from ledger_accounts where name = 'stripe_fees')"
    )
    assert broken() == {"ledger_sums_to_zero"}


def test_an_entry_between_two_currencies_is_named(released):
    behind_our_back("update ledger_entries set currency = 'eur' where key like 'stripe-fee:%'")
    assert broken() == {"no_entry_between_currencies"}


def test_a_cent_too_much_on_a_coachs_account_is_named(released, ada):
    post("a-gift", debit="revenue", credit=f"coach:{ada.id}", cents=1, currency="usd", subject_id=uuid7())
    assert broken() == {"coach_balance_is_earned"}


def test_money_owed_for_no_session_is_named(paid):
    post("a-gift", debit="stripe", credit="sessions_owed", cents=1, currency="usd", subject_id=uuid7())
    assert broken() == {"sessions_owed_is_unsettled"}


def test_money_in_transit_that_no_payout_sends_is_named(payout):
    post("a-gift", debit="stripe", credit="in_transit", cents=1, currency="usd", subject_id=uuid7())
    assert broken() == {"in_transit_is_being_sent"}


def test_a_payment_that_is_booked_short_is_named(paid):
    behind_our_back("update ledger_entries set key = 'unpaid' where key like 'paid:%'")
    assert broken() == {"paid_is_booked"}


@pytest.mark.parametrize(
    "done",
    [
        "update payout_lines set cents = cents - 1",
        "update payout_lines set live = false",
        "delete from payout_lines",
        "update payout_lines set entry_id = (select id from ledger_entries where key like 'release-fee:%')",
    ],
)
def test_a_payout_whose_lines_are_not_what_it_is_made_of_is_named(done, payout):
    behind_our_back(done)
    assert broken() == {"payout_lines_make_the_payout"}


def test_an_entry_in_two_payouts_is_named(payout):
    session().execute(text("drop index payout_lines_once_idx"))
    session().execute(text("alter table payout_lines drop constraint payout_lines_payout_id_entry_id_key"))
    behind_our_back("insert into payout_lines select payout_id, 2, entry_id, cents, live from payout_lines")
    behind_our_back(
        "insert into payout_lines select payout_id, 3, null, -cents, live from payout_lines where position = 1"
    )
    assert broken() == {"payout_lines_make_the_payout"}


def test_a_reversal_that_is_booked_short_is_named(payout, alma, run_jobs):
    payout_reversals.reverse_payout(alma, payout_id=payout.id, cents=4000, reason="Stolen.", expected_left_cents=10800)
    run_jobs()
    assert broken() == set()
    behind_our_back("update payout_reversals set cents = 4001")
    assert broken() == {"reversals_are_booked"}
    behind_our_back("update payout_reversals set cents = 4000")
    behind_our_back("update ledger_entries set cents = 10801 where key like 'payout-reversed:%'")
    assert "reversals_are_booked" in broken()


def test_a_payout_that_left_twice_is_named(payout):
    behind_our_back("update ledger_entries set subject_id = :id where key like 'payout-sent:%'", id=uuid7())
    assert broken() == {"payouts_are_booked"}


def test_tax_that_nobody_paid_is_named(paid):
    post("a-gift", debit="stripe", credit="tax_owed", cents=1, currency="usd", subject_id=uuid7())
    assert broken() == {"tax_owed_is_not_given_back"}


@pytest.mark.parametrize(
    "done",
    [
        "delete from invoices where number = 1",
        "delete from invoices where number = 2",
        "update invoices set number = 3 where number = 2",
        "update invoice_series set last_number = 3",
        "update invoices set seller_id = null where number = 1",
    ],
)
def test_a_gap_in_a_sellers_numbers_is_named(done, mia, paid, run_jobs):
    cancellations.cancel(mia, booking_id=paid.id, expected_refund_cents=12000)
    run_jobs()
    assert broken() == set()
    behind_our_back(done)
    assert broken() == {"numbers_have_no_gap"}


def test_a_number_that_is_there_twice_is_named(mia, paid, run_jobs):
    cancellations.cancel(mia, booking_id=paid.id, expected_refund_cents=12000)
    run_jobs()
    session().execute(text("alter table invoices drop constraint invoices_number_key"))
    behind_our_back("update invoices set number = 2")
    assert broken() == {"numbers_have_no_gap"}


@pytest.mark.parametrize("status", ["todo", "doing"])
def test_a_job_that_nobody_does_is_named(status):
    a_job(status)
    assert broken() == {"jobs_are_done"}


def test_a_job_of_a_worker_that_lives_is_not_named():
    worker = session().scalar(text("insert into procrastinate_workers default values returning id"))
    a_job("doing", worker)
    assert broken() == set()
    behind_our_back("update procrastinate_workers set last_heartbeat = now() - interval '1 hour'")
    assert broken() == {"jobs_are_done"}


def test_a_job_that_was_given_up_is_named():
    a_job("failed")
    assert broken() == {"jobs_succeed"}


def test_a_message_that_nobody_handles_is_named(moment):
    behind_our_back(
        "insert into stripe_events (id, type, payload, received_at, attempts) values ('evt_1', 'a.b', '{}', :at, 0)",
        at=clock.now(),
    )
    moment.advance(minutes=9)
    assert broken() == set()
    moment.advance(minutes=2)
    assert broken() == {"messages_are_handled"}


def test_mail_that_never_goes_is_named(held, paid, moment, run_jobs):
    run_jobs()
    behind_our_back("update messages set status = 'waiting'")
    moment.advance(minutes=61)
    assert broken() == {"holds_end", "mail_goes"}


def test_a_look_that_fails_is_told_and_the_others_go_on():
    wrong = catalog.Invariant("wrong", "It is wrong.", "select no_such_column from bookings")
    found = invariant_queries.evaluate([wrong, *catalog.INVARIANTS])
    assert [finding.invariant.name for finding in found if not finding.well] == ["wrong"]
    assert "no_such_column" in found[0].failure


@pytest.fixture
def cheaper(ada, mia, held):
    """A time held with a coupon that takes a tenth off, once."""
    coupons.make(ada.user, code="SPRING", percent=10, uses_at_most=1)
    return coupon_use.apply_coupon(mia, booking_id=held.id, code="spring")


@pytest.mark.parametrize("limit", ["uses_at_most", "uses_each_at_most"])
def test_a_coupon_that_is_used_more_often_than_it_says_is_named(limit, cheaper, mia, ada, offering):
    assert broken() == set()
    again = a_hold(mia, offering, cheaper.starts_at + timedelta(days=1))
    change(
        again,
        "coupon_id = :coupon, coupon_code = 'SPRING', discount_cents = 1200, price_cents = price_cents - 1200",
        coupon=cheaper.coupon_id,
    )
    behind_our_back("update coupons set uses_at_most = null, uses_each_at_most = null")
    assert broken() == set()
    behind_our_back(f"update coupons set {limit} = 1")
    assert broken() == {"coupons_keep_their_limits"}


@pytest.mark.parametrize(
    "done",
    [
        "update bookings set discount_cents = discount_cents + 2",
        "update bookings set coupon_code = 'WINTER'",
        "update coupons set currency = 'eur'",
        "update coupons set offering_ids = array[coach_id]",
        "update coupons set percent = null, amount_cents = 1199",
    ],
)
def test_a_discount_that_its_coupon_does_not_give_is_named(done, cheaper):
    behind_our_back(done)
    assert broken() == {"discounts_are_what_the_coupon_says"}


def test_terms_that_no_version_says_are_named(paid):
    change(paid, "policy = jsonb_set(policy, '{tiers}', '[[1, 100]]')")
    assert broken() == {"sold_under_a_version_that_says_so"}


def test_it_takes_one_query_each(paid):
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        if "select kind, id, said" in statement:
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        invariant_queries.evaluate()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(seen) == len(catalog.INVARIANTS)
