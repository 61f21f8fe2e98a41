"""Reminders: as each of the two chose, once, and only of what still is so."""

import smtplib
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from devtools.mail_samples.facts import session_mail
from marketplace.accounts import service as accounts
from marketplace.bookings import rules
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.reminders import queries as reminder_queries
from marketplace.bookings.reminders import rules as reminder_rules
from marketplace.bookings.reminders import service as reminders
from marketplace.bookings.reschedules import service as reschedules
from marketplace.db import session
from marketplace.notifications.models import Message
from marketplace.notifications.rendering import queries as rendering
from tests.factories import a_booking, a_coach, a_person, an_offering, open_all_week
from tests.queue import waiting

START = datetime(2027, 3, 4, 10, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(hours=24), timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def ada():
    return open_all_week(a_coach("ada"), "00:00", "24:00")


@pytest.fixture
def mia():
    return a_person("Mia", timezone="Asia/Tokyo")


@pytest.fixture
def offering(ada):
    return an_offering(ada, notice_hours=0)


@pytest.fixture
def booked(mia, offering, stripe, run_jobs, mailbox):
    booking = a_booking(mia, offering, START, stripe)
    run_jobs()
    mailbox.clear()
    return booking


@pytest.fixture
def sweep(moment, run_jobs):
    """What the worker does at some time before the session."""

    def at(instant):
        moment.set(instant)
        reminders.send_reminders()
        return run_jobs()

    return at


def subjects(mailbox):
    return [(mail["To"].split(".")[0], mail["Subject"]) for mail in mailbox]


def test_a_reminder_that_is_on_its_way_is_not_left_to_a_second_job(booked, moment):
    moment.set(START - DAY)
    reminders.send_reminders()
    session().execute(text("update procrastinate_jobs set queueing_lock = null, status = 'doing'"))
    session().commit()
    reminders.send_reminders()
    assert session().scalar(text("select count(*) from procrastinate_jobs where task_name = 'remind'")) == 2


def test_both_are_reminded_a_day_and_an_hour_before_in_their_own_time(booked, mia, ada, sweep, mailbox):
    sweep(START - DAY - MINUTE)
    assert mailbox == []
    sweep(START - DAY)
    assert sorted(subjects(mailbox)) == [
        ("ada", "In 24 hours: One hour of mentoring with Mia"),
        ("mia", "In 24 hours: One hour of mentoring with Ada"),
    ]
    mailbox.clear()
    sweep(START - HOUR - MINUTE)
    assert mailbox == []
    sweep(START - HOUR)
    assert sorted(subjects(mailbox)) == [
        ("ada", "In an hour: One hour of mentoring with Mia"),
        ("mia", "In an hour: One hour of mentoring with Ada"),
    ]
    text = mailbox.to(mia.email)[0].get_body(("plain",)).get_content()
    assert "Thu 4 Mar, 19:00-20:00 (Tokyo)" in text
    assert f"https://meet.jit.si/{booked.meeting_room}" in text
    assert "Thu 4 Mar, 11:00-12:00 (Berlin)" in mailbox.to(ada.user.email)[0].get_body(("plain",)).get_content()


def test_however_often_one_looks_everybody_is_reminded_once(booked, sweep, mailbox, moment):
    for minutes in range(0, 24 * 60, 50):
        sweep(START - DAY + timedelta(minutes=minutes))
    assert len(mailbox) == 4
    moment.set(START - HOUR)
    reminders.send_reminders()
    assert "remind" not in waiting()


@pytest.mark.parametrize(
    ("choice", "sent"),
    [("both", ["In 24 hours", "In an hour"]), ("day", ["In 24 hours"]), ("hour", ["In an hour"]), ("none", [])],
)
def test_each_is_reminded_as_she_chose(booked, mia, sweep, mailbox, choice, sent):
    accounts.choose_reminders(mia, reminders=choice)
    sweep(START - DAY)
    sweep(START - HOUR)
    assert [mail["Subject"].partition(":")[0] for mail in mailbox.to(mia.email)] == sent


@pytest.mark.parametrize(
    ("booked_before", "sent"),
    [(25 * HOUR, 2), (DAY, 2), (DAY - MINUTE, 1), (HOUR, 1), (HOUR - MINUTE, 0)],
)
def test_what_is_booked_when_it_is_near_already_is_not_reminded_of(
    mia, offering, stripe, moment, sweep, mailbox, booked_before, sent
):
    moment.set(START - booked_before)
    a_booking(mia, offering, START, stripe)
    for left in (DAY, DAY - MINUTE, HOUR, HOUR - MINUTE, MINUTE):
        if left <= booked_before:
            sweep(START - left)
    assert len([mail for mail in mailbox.to(mia.email) if mail["Subject"].startswith("In ")]) == sent


def test_a_reminder_that_was_missed_for_long_gives_way_to_the_next(booked, mia, sweep, mailbox):
    sweep(START - 59 * MINUTE)
    assert [mail["Subject"] for mail in mailbox.to(mia.email)] == ["In 59 minutes: One hour of mentoring with Ada"]
    sweep(START)
    assert len(mailbox) == 2


def test_a_late_reminder_says_how_much_time_is_left(booked, mia, sweep, mailbox):
    sweep(START - 90 * MINUTE)
    assert [mail["Subject"] for mail in mailbox.to(mia.email)] == ["In 2 hours: One hour of mentoring with Ada"]


def test_of_a_moved_session_one_is_reminded_at_its_new_time_alone(booked, mia, sweep, mailbox, run_jobs):
    sweep(START - DAY)
    reschedules.reschedule(mia, booking_id=booked.id, starts_at=START + 2 * DAY)
    run_jobs()
    mailbox.clear()
    sweep(START - HOUR)
    assert mailbox == []
    sweep(START + DAY)
    sweep(START + 2 * DAY - HOUR)
    assert len(mailbox.to(mia.email)) == 2


def test_a_session_moved_nearer_than_a_day_has_only_the_reminder_of_the_hour(
    booked, mia, sweep, mailbox, moment, run_jobs
):
    moment.set(START - 2 * DAY)
    reschedules.reschedule(mia, booking_id=booked.id, starts_at=moment.now + 5 * HOUR)
    run_jobs()
    mailbox.clear()
    sweep(moment.now + HOUR)
    assert mailbox == []
    sweep(moment.now + 3 * HOUR)
    assert [mail["Subject"].partition(":")[0] for mail in mailbox.to(mia.email)] == ["In an hour"]


def test_a_session_that_a_proposal_moved_near_has_only_the_reminder_of_the_hour(
    booked, mia, ada, sweep, mailbox, moment, run_jobs
):
    moment.set(START - 2 * DAY)
    near = moment.now + 5 * HOUR
    proposal = reschedules.propose(ada.user, booking_id=booked.id, starts_at=near)
    reschedules.accept(mia, booking_id=booked.id, reschedule_id=proposal.id)
    run_jobs()
    mailbox.clear()
    for instant in (near - 4 * HOUR, near - HOUR, START - DAY, START - HOUR):
        sweep(instant)
    assert [mail["Subject"].partition(":")[0] for mail in mailbox.to(mia.email)] == ["In an hour"]


def test_a_proposal_that_nobody_accepted_changes_no_reminder(booked, mia, ada, sweep, mailbox, moment, run_jobs):
    moment.set(START - 2 * DAY)
    reschedules.propose(ada.user, booking_id=booked.id, starts_at=START + DAY)
    run_jobs()
    mailbox.clear()
    sweep(START - DAY)
    sweep(START - HOUR)
    assert [mail["Subject"].partition(":")[0] for mail in mailbox.to(mia.email)] == ["In 24 hours", "In an hour"]


def test_a_session_moved_there_and_back_is_reminded_of_at_its_time_once_more(
    booked, mia, ada, sweep, mailbox, moment, run_jobs
):
    sweep(START - DAY)
    reschedules.reschedule(mia, booking_id=booked.id, starts_at=START + 3 * DAY)
    proposal = reschedules.propose(ada.user, booking_id=booked.id, starts_at=START)
    reschedules.accept(mia, booking_id=booked.id, reschedule_id=proposal.id)
    run_jobs()
    mailbox.clear()
    sweep(START - HOUR)
    sweep(START + 3 * DAY - HOUR)
    assert [mail["Subject"].partition(":")[0] for mail in mailbox.to(mia.email)] == ["In an hour"]


def test_what_nobody_confirmed_is_not_reminded_of(mia, ada, stripe, sweep, mailbox, run_jobs):
    asked = a_booking(mia, an_offering(ada, by_approval=True), START, stripe)
    assert asked.status == rules.REQUESTED
    run_jobs()
    mailbox.clear()
    sweep(START - DAY)
    sweep(START - HOUR)
    assert [mail["Subject"] for mail in mailbox if mail["Subject"].startswith("In ")] == []


@pytest.mark.parametrize("change", ["cancelled", "moved", "does not want it any more", "begun"])
def test_what_changed_between_the_sweep_and_the_sending_is_not_sent(
    booked, mia, ada, moment, run_jobs, mailbox, change
):
    moment.set(START - DAY)
    reminders.send_reminders()
    if change == "cancelled":
        cancellations.cancel(ada.user, booking_id=booked.id, expected_refund_cents=12000)
    elif change == "moved":
        reschedules.reschedule(mia, booking_id=booked.id, starts_at=START + DAY)
    elif change == "begun":
        moment.set(START)
    else:
        for person in (mia, ada.user):
            accounts.choose_reminders(person, reminders="hour")
    assert run_jobs().count("remind") == 2
    assert [mail["Subject"] for mail in mailbox if mail["Subject"].startswith("In ")] == []


def test_a_reminder_the_mail_server_did_not_take_is_looked_at_again_before_the_next_try(
    booked, mia, ada, moment, mailbox, monkeypatch
):
    moment.set(START - DAY)
    reminder = reminder_queries.Reminder(booked.id, 0, mia.id, "day")
    args = {"key": reminder.key, "booking_id": str(booked.id), "person_id": str(mia.id), "lead": "day"}

    def without_server(_mail):
        raise smtplib.SMTPServerDisconnected("gone")

    with monkeypatch.context() as broken:
        broken.setattr("marketplace.notifications.service._hand_over", without_server)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            reminders.remind(**args)
    moment.advance(hours=2)
    reminders.remind(**args)
    assert [mail["Subject"].partition(":")[0] for mail in mailbox] == ["In 22 hours"]
    reminders.remind(**args)
    assert len(mailbox) == 1

    with monkeypatch.context() as broken:
        broken.setattr("marketplace.notifications.service._hand_over", without_server)
        hers = args | {"key": args["key"].replace(str(mia.id), str(ada.user_id)), "person_id": str(ada.user_id)}
        with pytest.raises(smtplib.SMTPServerDisconnected):
            reminders.remind(**hers)
    cancellations.cancel(mia, booking_id=booked.id, expected_refund_cents=6000)
    reminders.remind(**hers)
    assert len(mailbox) == 1
    assert session().scalars(select(Message).where(Message.key == hers["key"])).all() == []


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(seconds=20), "In 1 minute"),
        (timedelta(minutes=59, seconds=20), "In 59 minutes"),
        (timedelta(minutes=59, seconds=50), "In an hour"),
        (timedelta(minutes=89), "In 89 minutes"),
        (timedelta(hours=23, minutes=59), "In 24 hours"),
    ],
)
def test_how_long_it_is_till_then_is_said_as_people_do(left, words):
    minutes = max(1, round(left / timedelta(minutes=1)))
    mail = rendering.written("reminder", session_mail(minutes=minutes))
    assert mail["subject"].partition(":")[0] == words


def test_the_windows_of_the_two_reminders_meet():
    now = datetime(2027, 3, 1, tzinfo=UTC)
    assert reminder_rules.reminder_window("hour", now) == (now, now + HOUR)
    assert reminder_rules.reminder_window("day", now) == (now + HOUR, now + DAY)
