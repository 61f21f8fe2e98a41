"""What is paid for a written answer: earned after its window, invoiced, reported, refunded, disputed."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from marketplace import payment_subjects
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.invoices import queries as invoices
from marketplace.invoices.service import issuance
from marketplace.ledger.queries.balances import balances
from marketplace.ledger.rules import coach as account_of
from marketplace.ledger.rules import reserve
from marketplace.notifications.models import Message
from marketplace.payments.service import disputes as payment_disputes
from marketplace.payouts.queries import earning_lines, yearly_summaries
from marketplace.written_answers import queries, rules
from marketplace.written_answers.service import earnings, follow_ups, reports
from tests.factories import a_person, an_admin
from tests.invariants.conftest import broken
from tests.written_answers.conftest import again


def subjects_to(person):
    return list(session().scalars(select(Message.subject).where(Message.recipient == person.email)))


@pytest.fixture
def released(delivered, moment):
    """The window is over, and the coach's share is theirs."""
    moment.advance(days=7, minutes=1)
    payment_subjects.settle_payment(str(delivered.payment_id))
    earnings.release_answer_earnings()
    return again(delivered)


def test_it_is_earned_when_its_window_is_over_once(delivered, ada, moment):
    moment.advance(days=6, hours=23)
    payment_subjects.settle_payment(str(delivered.payment_id))
    earnings.release_answer_earnings()
    assert again(delivered).released_at is None
    moment.advance(hours=2)
    earnings.release_answer_earnings()
    assert not earnings.release(delivered.id)
    assert (balances()[account_of(ada.id), "usd"], balances()["revenue", "usd"]) == (8100, 900)
    assert balances()["sessions_owed", "usd"] == 0
    (line,) = earning_lines.lines_of(ada, "usd")
    assert (line.session, line.mentee, line.price_cents, line.fee_cents) == (delivered.title, "Mia", 9000, 900)
    (year,) = yearly_summaries.year_of(ada, 2027)
    assert (year.total.earned, year.total.fees) == (8100, 900)
    fees = invoices.fees(datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC))
    assert [(fee.title, fee.cents) for fee in fees] == [(delivered.title, 900)]
    assert broken() == set()


def test_lines_of_earnings_are_read_in_parts(released, ada, monkeypatch):
    whole = list(earning_lines.lines_of(ada, "usd"))
    assert len(whole) == 1
    monkeypatch.setattr(earning_lines, "PART", 1)
    assert list(earning_lines.lines_of(ada, "usd")) == whole


def test_the_coach_is_its_seller_on_the_invoice(delivered, ada):
    issuance.issue_invoices(str(delivered.payment_id))
    (invoice,) = invoices.of_payment(delivered.payment_id)
    assert (invoice.seller_id, invoice.gross_cents) == (ada.user_id, 9000)


def test_one_question_is_included_and_its_coach_reminded_of_it(delivered, ada, mia, moment):
    follow_ups.ask_follow_up(mia, answer_id=delivered.id, question="When?")
    with pytest.raises(follow_ups.NoFollowUp):
        follow_ups.ask_follow_up(mia, answer_id=delivered.id, question="And then?")
    for _twice in range(2):
        moment.advance(days=2)
        follow_ups.remind_of_follow_ups()
    assert subjects_to(ada.user).count("A question of Mia waits for your reply") == 1
    for stranger in (mia, a_person("Noor")):
        with pytest.raises(NotFound):
            follow_ups.reply(stranger, answer_id=delivered.id, reply="Mine.")
    follow_ups.reply(ada.user, answer_id=delivered.id, reply="In May.")
    with pytest.raises(follow_ups.NoQuestion):
        follow_ups.reply(ada.user, answer_id=delivered.id, reply="In June.")
    assert "Ada has replied to your question" in subjects_to(mia)


def test_after_seven_days_no_question_is_included(delivered, mia, moment):
    moment.advance(days=7)
    with pytest.raises(follow_ups.NoFollowUp):
        follow_ups.ask_follow_up(mia, answer_id=delivered.id, question="When?")


def test_a_report_that_nobody_responds_to_refunds_everything(delivered, mia, moment, run_jobs):
    reports.report(mia, answer_id=delivered.id, words="It says nothing.")
    with pytest.raises(reports.AnswerReportedAlready):
        reports.report(mia, answer_id=delivered.id, words="Nothing at all.")
    moment.advance(hours=71)
    reports.settle_reports()
    assert again(delivered).status == "delivered"
    moment.advance(hours=1)
    reports.settle_reports()
    reports.settle_reports()
    run_jobs()
    assert (again(delivered).status, again(delivered).refunded_cents) == ("refunded", 9000)
    assert balances()["sessions_owed", "usd"] == 0
    assert broken() == set()


def test_while_it_is_reported_nothing_is_released_and_a_rejected_report_pays(delivered, ada, mia, moment, run_jobs):
    reports.report(mia, answer_id=delivered.id, words="It says nothing.")
    reports.respond(ada.user, answer_id=delivered.id, response="disagree", words="It does.")
    moment.advance(days=20)
    payment_subjects.settle_payment(str(delivered.payment_id))
    reports.settle_reports()
    earnings.release_answer_earnings()
    assert not earnings.release(delivered.id)
    found = queries.report_of(delivered.id)
    for stranger in (ada.user, mia):
        with pytest.raises(NotFound):
            reports.decide(stranger, report_id=found.id, verdict="pay", reason="It is one.")
    admin = an_admin("Bo")
    reports.decide(admin, report_id=found.id, verdict="pay", reason="It is one.")
    with pytest.raises(reports.AnswerReportSettled):
        reports.decide(admin, report_id=found.id, verdict="refund", reason="It is none.")
    earnings.release_answer_earnings()
    assert balances()[account_of(ada.id), "usd"] == 8100
    with pytest.raises(reports.AnswerNotReportable):
        reports.report(mia, answer_id=delivered.id, words="Still nothing.")
    run_jobs()
    assert broken() == set()


def test_a_coach_who_agrees_refunds_and_a_withdrawn_report_is_over(delivered, ada, mia, run_jobs):
    reports.report(mia, answer_id=delivered.id, words="It says nothing.")
    reports.withdraw(mia, answer_id=delivered.id)
    assert again(delivered).frozen_at is None
    with pytest.raises(reports.AnswerReportSettled):
        reports.respond(ada.user, answer_id=delivered.id, response="agree", words="")


@pytest.mark.parametrize(("verdict", "coach", "reserved"), [("won", 8100, 0), ("lost", 0, 0), (None, 0, 8100)])
def test_what_a_bank_disputes_after_it_was_earned_is_reserved(
    released, ada, stripe, run_jobs, verdict, coach, reserved
):
    opened = stripe.dispute(released.payment.charge_id)["id"]
    for told in (None, verdict):
        if told:
            stripe.decide(opened, told)
        payment_disputes.sync_dispute(opened)
        payment_subjects.dispute_changed(opened)
        payment_subjects.dispute_changed(opened)
    found = balances()
    assert found.get((account_of(ada.id), "usd"), 0) == coach
    assert found.get((reserve(ada.id), "usd"), 0) == reserved
    assert again(released).refunded_cents == (9000 if verdict == "lost" else 0)
    run_jobs()
    assert broken() == set()


def test_what_a_bank_takes_before_it_was_earned_is_never_released(delivered, ada, stripe, moment, run_jobs):
    opened = stripe.dispute(delivered.payment.charge_id)["id"]
    stripe.decide(opened, "lost")
    payment_disputes.sync_dispute(opened)
    payment_subjects.dispute_changed(opened)
    moment.advance(days=20)
    payment_subjects.settle_payment(str(delivered.payment_id))
    earnings.release_answer_earnings()
    assert (account_of(ada.id), "usd") not in balances()
    run_jobs()
    assert "sessions_owed_is_unsettled" not in broken()


@pytest.mark.parametrize(
    ("followed_after_days", "days", "may"), [(None, 6.9, True), (None, 7, False), (6, 12.9, True), (6, 13, False)]
)
def test_it_may_be_reported_for_seven_days_from_the_answer_or_the_question(followed_after_days, days, may):
    at = datetime(2027, 3, 1, tzinfo=UTC)
    asked = None if followed_after_days is None else at + timedelta(days=followed_after_days)
    now = at + timedelta(days=days)
    assert rules.may_report("delivered", delivered_at=at, follow_up_at=asked, released=False, now=now) is may
    assert not rules.may_report("delivered", delivered_at=at, follow_up_at=asked, released=True, now=at)
