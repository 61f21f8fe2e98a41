"""The mails of whole lives of sessions, in a real calendar server: exactly what stands is there, and when it is."""

import random
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
import vobject
from icalendar import Calendar

from marketplace.bookings import queries
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.meeting_links import service as meeting_links
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.bookings.reschedules import service as reschedules
from marketplace.bookings.series import rules as series_rules
from marketplace.bookings.series import service as booking_series
from marketplace.payments import queries as payments
from tests.calendars.store import Store
from tests.factories import BRIEF, a_booking, a_coach, an_offering, open_all_week
from tests.notifications.test_calendar_events import CANCELLED, MEETING, MESSAGES, MOVED

START = datetime(2027, 3, 12, 15, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def store(radicale):
    with Store.at(radicale) as kept:
        yield kept


@pytest.fixture
def emptied(radicale):
    """A new, empty one whenever it is asked for."""
    return lambda: Store.at(radicale)


@pytest.fixture
def ada():
    """In New York, where clocks change on 14 March; accepts what comes at any hour."""
    return open_all_week(a_coach("ada", timezone="America/New_York"), "00:00", "24:00")


def invites(mails):
    files = [part.get_content() for mail in mails for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return [message for file in files for message in one_each(file)]


def one_each(file):
    """A file of several sessions as one for each, which is how a program puts them into a calendar."""
    calendar = Calendar.from_ical(file)
    events = calendar.walk("VEVENT")
    if len(events) == 1:
        return [file]
    alone = []
    for event in events:
        calendar.subcomponents = [event]
        alone.append(calendar.to_ical().decode())
    return alone


def moved_by_coach(booking, starts_at):
    proposal = reschedules.propose(booking.coach.user, booking_id=booking.id, starts_at=starts_at)
    reschedules.accept(booking.mentee, booking_id=booking.id, reschedule_id=proposal.id)


def in_calendar(booking, place=None):
    booking = queries.locked(booking.id)
    where = place or f"https://meet.jit.si/{booking.meeting_room}"
    return {f"{booking.id}@fairhour": (booking.starts_at, booking.ends_at, where)}


@pytest.fixture
def lives(mia, ada, stripe, run_jobs, mailbox, moment):
    """One session that is moved twice and stands, one that is moved twice and cancelled, one that nobody touches, and a
    series of three of which one is moved over the change of clocks and one cancelled. Then Ada meets elsewhere."""
    offering = an_offering(ada)
    kept, gone, still = (a_booking(mia, offering, START + day * DAY, stripe) for day in (0, 1, 5))
    series = booking_series.hold_series(
        mia,
        offering_id=offering.id,
        starts_at=START + 2 * HOUR,
        every_weeks=1,
        count=3,
        brief=BRIEF,
        mode=series_rules.ALL,
    )
    booking_checkout.pay(mia, booking_id=series[0].id)
    payment = payments.of_subject(series[0].series_id)
    stripe.pay(payment.checkout_id)
    payment_outcomes.settle_payment(str(payment.id))
    for each in (kept, gone):
        moment.advance(minutes=5)
        reschedules.reschedule(mia, booking_id=each.id, starts_at=each.starts_at + 3 * DAY + HOUR)
        moment.advance(minutes=5)
        moved_by_coach(queries.locked(each.id), each.starts_at + 2 * DAY)
    reschedules.reschedule(mia, booking_id=series[0].id, starts_at=START + 2 * DAY + 4 * HOUR)
    moment.advance(minutes=5)
    cancellations.cancel(mia, booking_id=gone.id, expected_refund_cents=12000)
    cancellations.cancel(ada.user, booking_id=series[1].id, expected_refund_cents=12000)
    run_jobs()
    moment.advance(minutes=5)
    meeting_links.set_meeting_link(ada.user, url="https://video.example/ada")
    run_jobs()
    standing = {}
    for booking in (kept, still, series[0], series[2]):
        standing |= in_calendar(booking, "https://video.example/ada")
    return standing


def test_each_of_the_two_who_imports_every_mail_as_it_comes_has_exactly_what_stands(lives, mia, ada, emptied, mailbox):
    for person in (mia, ada.user):
        messages = invites(mailbox.to(person.email))
        assert len(messages) == 6 + 5 + 2 + 4, "confirmed, moved, cancelled, and another link"
        with emptied() as store:
            for message in messages:
                store.imports(message)
            store.holds_exactly(lives)


def test_two_readers_understand_every_mail_of_these_lives_alike(lives, mia, ada, mailbox):
    for message in [*invites(mailbox.to(mia.email)), *invites(mailbox.to(ada.user.email))]:
        (event,), read = Calendar.from_ical(message).walk("VEVENT"), vobject.readOne(message)
        assert read.method.value == Calendar.from_ical(message)["METHOD"]
        assert (read.vevent.uid.value, int(read.vevent.sequence.value)) == (event["UID"], event["SEQUENCE"])
        assert (read.vevent.dtstart.value, read.vevent.dtend.value) == (event.start, event.end)


@pytest.mark.parametrize("seed", range(4))
def test_in_any_order_and_twice_over_a_mail_program_has_exactly_what_stands(lives, mia, store, mailbox, seed):
    messages = invites(mailbox.to(mia.email))
    coming = [*messages, *messages]
    random.Random(seed).shuffle(coming)
    for message in coming:
        store.receives(message)
    store.holds_exactly(lives)


def test_in_the_very_opposite_order_it_has_the_same(lives, ada, store, mailbox):
    for message in reversed(invites(mailbox.to(ada.user.email))):
        store.receives(message)
    store.holds_exactly(lives)


@pytest.mark.parametrize("order", list(permutations(("request", "update", "cancel"))))
def test_the_golden_messages_of_a_cancelled_session_leave_nothing_in_any_order(store, order):
    for name in order:
        store.receives(MESSAGES[name])
    store.holds_exactly({})


@pytest.mark.parametrize("order", list(permutations(("request", "update", "request"))))
def test_the_golden_update_wins_over_the_first_invite_however_late_that_comes(store, order):
    for name in order:
        store.receives(MESSAGES[name])
    store.holds_exactly({MOVED.uid: (MOVED.starts_at, MOVED.ends_at, MOVED.location)})


def test_the_golden_messages_as_they_come(store):
    store.imports(MESSAGES["request"])
    store.holds_exactly({MEETING.uid: (MEETING.starts_at, MEETING.ends_at, MEETING.location)})
    store.imports(MESSAGES["update"])
    store.holds_exactly({MOVED.uid: (MOVED.starts_at, MOVED.ends_at, MOVED.location)})
    assert CANCELLED.uid == MOVED.uid
    store.imports(MESSAGES["cancel"])
    store.imports(MESSAGES["cancel"])
    store.holds_exactly({})
