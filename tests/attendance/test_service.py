"""Attendance: who may report and answer when, and what becomes of the money."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.attendance import queries as attendance_queries
from marketplace.attendance import service as attendance
from marketplace.bookings import queries, rules
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.completions import service as completions
from marketplace.bookings.completions.service import NotOverYet, SessionNotConfirmed
from marketplace.bookings.contested_sessions.service import SessionFrozen
from marketplace.bookings.disputes import service as booking_disputes
from marketplace.bookings.earnings import queries as earning_queries
from marketplace.bookings.earnings import service as earnings
from marketplace.bookings.goodwill_refunds import service as goodwill_refunds
from marketplace.db import session
from marketplace.errors import Invalid, NotAllowed, NotFound
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.queries.balances import balance
from marketplace.payments.service import disputes as payment_disputes
from tests.factories import a_booking, a_coach, a_hold, a_person, an_offering, open_all_week

START = datetime(2027, 3, 4, 10, tzinfo=UTC)
END = START + timedelta(hours=1)
WAITED = START + timedelta(minutes=15)


@pytest.fixture
def booked(mia, ada, stripe, run_jobs, mailbox):
    booking = a_booking(mia, an_offering(ada), START, stripe)
    run_jobs()
    mailbox.clear()
    return booking


@pytest.fixture
def says(booked, mia, ada, moment):
    """One of the two says, at some time, who did not come or how it was."""

    def at(instant, who, what):
        moment.set(instant)
        deeds = {
            ("mentee", "coach did not come"): lambda: attendance.report_no_show(
                mia, booking_id=booked.id, words="I waited."
            ),
            ("mentee", "I was wrong"): lambda: attendance.withdraw_no_show(mia, booking_id=booked.id),
            ("coach", "mentee did not come"): lambda: attendance.report_no_show(ada.user, booking_id=booked.id),
            ("coach", "it took place"): lambda: completions.complete(
                ada.user, booking_id=booked.id, outcome=rules.TOOK_PLACE
            ),
        }
        return deeds.get((who, what), lambda: answers(what))()

    def answers(what):
        return attendance.answer_no_show(ada.user, booking_id=booked.id, answer=what, words="I was there.")

    return at


def the_report(booked):
    return attendance_queries.find(booked.id)


def everything_settled(booked, moment, run_jobs):
    """Refunds sent, windows over, earnings released."""
    run_jobs()
    moment.set(max(moment.now, END) + timedelta(days=5))
    completions.complete_sessions()
    earnings.release_earnings()
    return queries.locked(booked.id)


def money(ada, stripe):
    return {
        "refunded": sum(refund["amount"] for refund in stripe.read("refunds")["data"]),
        "coach": balance(ledger_accounts.coach(ada.id), "usd"),
        "fee": balance(ledger_accounts.REVENUE, "usd"),
        "owed": balance(ledger_accounts.SESSIONS_OWED, "usd"),
    }


MINUTES = timedelta(minutes=1)
HOURS = timedelta(hours=1)

# What the two say, in order, what the admin decides; then: report, session, refunded, coach, fee.
STORIES = {
    "the coach says nothing": (
        [(WAITED, "mentee", "coach did not come"), (WAITED + 24 * HOURS, "sweep", "")],
        ("upheld", "cancelled", 12000, 0, 0),
    ),
    "the coach gives in": (
        [(WAITED, "mentee", "coach did not come"), (END, "coach", "coach_no_show")],
        ("upheld", "cancelled", 12000, 0, 0),
    ),
    "the mentee takes it back": (
        [(WAITED, "mentee", "coach did not come"), (END, "mentee", "I was wrong")],
        ("withdrawn", "completed", 0, 10800, 1200),
    ),
    "both report the other, and the mentee is right": (
        [(WAITED, "mentee", "coach did not come"), (WAITED, "coach", "mentee_no_show"), (END, "admin", "refund")],
        ("upheld", "cancelled", 12000, 0, 0),
    ),
    "both report the other, and the coach is right": (
        [(WAITED, "coach", "mentee did not come"), (WAITED, "mentee", "coach did not come"), (END, "admin", "pay")],
        ("rejected", "completed", 0, 10800, 1200),
    ),
    "the coach marked it, and it is split": (
        [
            (END, "coach", "it took place"),
            (END + HOURS, "mentee", "coach did not come"),
            (END + 9 * HOURS, "admin", 4001),
        ],
        ("split", "completed", 4001, 7199, 800),
    ),
    "the coach gives in once it is contested": (
        [(END, "coach", "it took place"), (END, "mentee", "coach did not come"), (END, "coach", "coach_no_show")],
        ("upheld", "cancelled", 12000, 0, 0),
    ),
    "the mentee gives in once it is contested": (
        [(END, "coach", "it took place"), (END, "mentee", "coach did not come"), (END, "mentee", "I was wrong")],
        ("withdrawn", "completed", 0, 10800, 1200),
    ),
    "nobody decides for a week": (
        [(END, "coach", "it took place"), (END, "mentee", "coach did not come"), (END + 170 * HOURS, "sweep", "")],
        ("contested", "completed", 0, 0, 0),
    ),
    "the coach answers that it took place": (
        [(WAITED, "mentee", "coach did not come"), (END, "coach", "took_place"), (END, "admin", "pay")],
        ("rejected", "completed", 0, 10800, 1200),
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_whatever_the_two_say_every_cent_goes_where_it_was_decided(
    says, booked, ada, alma, stripe, moment, run_jobs, story
):
    told, (settled, status, refunded, coach, fee) = STORIES[story]
    for instant, who, what in told:
        if who == "sweep":
            moment.set(instant)
            attendance.settle_unanswered()
        elif who == "admin":
            moment.set(instant)
            given = {"verdict": "split", "refund_cents": what} if isinstance(what, int) else {"verdict": what}
            attendance.decide(alma, report_id=the_report(booked).id, reason="I read both.", **given)
        else:
            says(instant, who, what)
    ended = everything_settled(booked, moment, run_jobs)
    assert (the_report(booked).status, ended.status, ended.refunded_cents) == (settled, status, refunded)
    owed = 12000 if settled == "contested" else 0
    assert money(ada, stripe) == {"refunded": refunded, "coach": coach, "fee": fee, "owed": owed}
    assert balance(ledger_accounts.STRIPE, "usd") == stripe.balance_net()


@pytest.mark.parametrize(
    ("at", "error"),
    [
        (START - MINUTES, attendance.NotReportable),
        (WAITED - MINUTES, attendance.NotReportable),
        (WAITED, None),
        (END + 24 * HOURS - MINUTES, None),
        (END + 24 * HOURS, attendance.NotReportable),
    ],
)
def test_a_mentee_reports_after_the_waiting_time_and_within_a_day(says, at, error):
    if error is None:
        assert says(at, "mentee", "coach did not come").frozen_at == at
    else:
        with pytest.raises(error):
            says(at, "mentee", "coach did not come")


def test_a_short_session_has_a_waiting_time_of_ten_minutes(mia, stripe, moment):
    grace = open_all_week(a_coach("grace"))
    short = a_booking(mia, an_offering(grace, minutes=30, price_cents=6000), START, stripe)
    moment.set(START + timedelta(minutes=9))
    with pytest.raises(attendance.NotReportable):
        attendance.report_no_show(mia, booking_id=short.id)
    with pytest.raises(NotOverYet):
        attendance.report_no_show(grace.user, booking_id=short.id)
    moment.set(START + timedelta(minutes=10))
    attendance.report_no_show(mia, booking_id=short.id)


def test_that_it_took_place_is_said_once_it_is_over(says):
    says(WAITED, "mentee", "coach did not come")
    with pytest.raises(NotOverYet):
        says(WAITED, "coach", "took_place")


def test_what_is_unpaid_cancelled_or_paid_out_is_not_reported(says, booked, mia, ada, moment, run_jobs):
    held = a_hold(mia, an_offering(ada), START + timedelta(days=1))
    moment.set(held.starts_at + timedelta(minutes=20))
    with pytest.raises(attendance.NotReportable):
        attendance.report_no_show(mia, booking_id=held.id)
    booked.released_at = moment.now
    session().commit()
    with pytest.raises(attendance.NotReportable):
        says(END, "mentee", "coach did not come")


def test_one_reports_once(says):
    says(WAITED, "mentee", "coach did not come")
    with pytest.raises(attendance.ReportedAlready):
        says(END, "mentee", "coach did not come")
    says(END, "mentee", "I was wrong")
    with pytest.raises(attendance.ReportedAlready):
        says(END, "mentee", "coach did not come")


def test_while_it_is_open_nothing_else_ends_the_session(says, booked, ada, moment):
    says(WAITED, "mentee", "coach did not come")
    moment.set(END)
    with pytest.raises(SessionFrozen):
        completions.complete(ada.user, booking_id=booked.id, outcome=rules.TOOK_PLACE)
    with pytest.raises(SessionFrozen):
        attendance.report_no_show(ada.user, booking_id=booked.id)
    with pytest.raises(SessionFrozen):
        cancellations.cancel(ada.user, booking_id=booked.id, expected_refund_cents=12000)
    moment.set(WAITED + 23 * HOURS)
    attendance.settle_unanswered()
    moment.set(END + 200 * HOURS)
    completions.complete_sessions()
    assert queries.locked(booked.id).status == rules.CONFIRMED


def test_while_it_is_open_an_admin_makes_no_goodwill_refund(says, booked, alma):
    says(WAITED, "mentee", "coach did not come")
    with pytest.raises(SessionFrozen):
        goodwill_refunds.refundable_cents(alma, booking_id=booked.id)


def test_frozen_earnings_are_not_released_by_hand_either(says, booked, moment):
    says(END, "coach", "it took place")
    says(END, "mentee", "coach did not come")
    moment.set(END + 100 * HOURS)
    assert earnings.release(booked.id) is False
    assert booked.id not in earning_queries.unreleased()


def test_what_a_bank_has_taken_back_already_is_not_refunded_once_more(says, booked, mia, ada, stripe, moment, run_jobs):
    dispute = stripe.dispute(booked.payment.charge_id)["id"]
    stripe.decide(dispute, "lost")
    payment_disputes.sync_dispute(dispute)
    booking_disputes.dispute_changed(dispute)
    says(WAITED, "mentee", "coach did not come")
    says(END, "coach", "coach_no_show")
    ended = everything_settled(booked, moment, run_jobs)
    assert (ended.status, ended.refunded_cents, ended.frozen_at) == ("cancelled", 12000, None)
    assert money(ada, stripe) == {"refunded": 0, "coach": 0, "fee": 0, "owed": 0}


def test_what_is_settled_stays_so(says, booked, alma, mia):
    says(END, "coach", "it took place")
    says(END, "mentee", "coach did not come")
    report = the_report(booked)
    attendance.decide(alma, report_id=report.id, verdict="pay", reason="The call log says so.")
    for again in (
        lambda: attendance.decide(alma, report_id=report.id, verdict="refund", reason="No."),
        lambda: attendance.withdraw_no_show(mia, booking_id=booked.id),
        lambda: says(END, "coach", "coach_no_show"),
    ):
        with pytest.raises(attendance.ReportSettled):
            again()
    with pytest.raises(SessionNotConfirmed):
        says(END, "coach", "it took place")


@pytest.mark.parametrize("cents", [None, 0, 12000, 12001, -1])
def test_a_split_gives_something_to_each(says, booked, alma, cents):
    says(END, "coach", "it took place")
    says(END, "mentee", "coach did not come")
    with pytest.raises(Invalid) as refusal:
        attendance.decide(alma, report_id=the_report(booked).id, verdict="split", reason="Both.", refund_cents=cents)
    assert refusal.value.fields == {"refund": ["Say how much is refunded: more than nothing and less than 120.00 USD."]}
    assert the_report(booked).status == "contested"


@pytest.mark.parametrize(
    ("who", "report", "answer", "withdraw"),
    [
        ("another mentee", NotFound, NotFound, NotFound),
        ("an admin", NotAllowed, NotAllowed, NotAllowed),
        ("the mentee", attendance.ReportedAlready, NotAllowed, None),
        ("the coach", SessionFrozen, None, NotAllowed),
    ],
)
def test_only_the_two_say_anything(says, booked, mia, ada, alma, moment, who, report, answer, withdraw):
    says(END, "mentee", "coach did not come")
    person = {"another mentee": a_person("Noor"), "an admin": alma, "the mentee": mia, "the coach": ada.user}[who]
    with pytest.raises(report):
        attendance.report_no_show(person, booking_id=booked.id)
    for expected, deed in (
        (withdraw, lambda: attendance.withdraw_no_show(person, booking_id=booked.id)),
        (answer, lambda: attendance.answer_no_show(person, booking_id=booked.id, answer="took_place")),
    ):
        if expected is None:
            deed()
        else:
            with pytest.raises(expected):
                deed()


def test_only_an_admin_who_is_neither_decides(says, booked, mia, alma):
    says(END, "coach", "it took place")
    says(END, "mentee", "coach did not come")
    report = the_report(booked)
    for stranger in (a_person("Noor"), mia):
        with pytest.raises(NotFound):
            attendance.decide(stranger, report_id=report.id, verdict="refund", reason="Mine.")
        with pytest.raises(NotFound):
            attendance_queries.for_admin(stranger)
    mia.roles = alma.roles
    session().commit()
    with pytest.raises(NotAllowed):
        attendance.decide(mia, report_id=report.id, verdict="refund", reason="Mine.")
    assert [found.id for found in attendance_queries.for_admin(alma)] == [report.id]
    attendance.decide(alma, report_id=report.id, verdict="refund", reason="The coach was asleep.")
    assert attendance_queries.for_admin(alma) == []
    assert [found.id for found in attendance_queries.for_admin(alma, settled=True)] == [report.id]
    with pytest.raises(NotFound):
        attendance_queries.one(alma, booked.id)


# Mails


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


def test_everybody_hears_what_they_have_to_know(says, booked, mia, ada, alma, run_jobs, mailbox):
    says(WAITED, "mentee", "coach did not come")
    run_jobs()
    (asked,) = mailbox
    assert (asked["To"], asked["Subject"]) == (ada.user.email, "Mia says that you did not come")
    assert "Mia writes:\r\nI waited." in text_of(asked)
    assert "120.00 USD is refunded to Mia" in text_of(asked)
    assert "say so by Fri 5 Mar, 11:15 (Berlin)" in text_of(asked)

    mailbox.clear()
    says(END, "coach", "took_place")
    run_jobs()
    assert "I was there." in text_of(mailbox.to(mia.email)[-1])
    assert "I waited." in text_of(mailbox.to(ada.user.email)[-1])
    assert "it took place" in text_of(mailbox.to(alma.email)[-1])
    assert f"http://localhost/admin/attendance/{the_report(booked).id}" in text_of(mailbox.to(alma.email)[-1])

    mailbox.clear()
    attendance.decide(
        alma, report_id=the_report(booked).id, verdict="split", refund_cents=6000, reason="Ten minutes late."
    )
    run_jobs()
    assert "60.00 USD is refunded to the card you paid with" in text_of(mailbox.besides_invoices(mia.email)[-1])
    assert "Of the remaining 60.00 USD your share" in text_of(mailbox.to(ada.user.email)[-1])
    assert "The reason:\r\nTen minutes late." in text_of(mailbox.to(ada.user.email)[-1])


@pytest.mark.parametrize(
    ("verdict", "to_mentee", "to_coach"),
    [
        ("refund", "All of it, 120.00 USD, is refunded to the card", "settled that you did not come"),
        ("pay", "Nothing is refunded to you.", "Your share of the 120.00 USD"),
    ],
)
def test_both_hear_what_was_decided(says, booked, mia, ada, alma, run_jobs, mailbox, verdict, to_mentee, to_coach):
    says(END, "coach", "it took place")
    says(END, "mentee", "coach did not come")
    attendance.decide(alma, report_id=the_report(booked).id, verdict=verdict, reason="I read both.")
    run_jobs()
    assert to_mentee in text_of(mailbox.besides_invoices(mia.email)[-1])
    assert to_coach in text_of(mailbox.to(ada.user.email)[-1])
    invites = [p for p in mailbox.besides_invoices(mia.email)[-1].walk() if p.get_content_type() == "text/calendar"]
    assert [invite.get_param("method") for invite in invites] == (["CANCEL"] if verdict == "refund" else [])


def test_a_coach_who_need_not_answer_any_more_is_told(says, ada, run_jobs, mailbox):
    says(WAITED, "mentee", "coach did not come")
    says(END, "mentee", "I was wrong")
    run_jobs()
    assert mailbox.to(ada.user.email)[-1]["Subject"] == "Mia has withdrawn the report that you did not come"
