"""Organisers of invitations are quoted, pay without an account, decline, or let it lapse."""

from datetime import UTC, datetime, timedelta

import pytest
import vobject
from icalendar import Calendar
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.asks import queries as asks
from marketplace.asks.invitations import queries
from marketplace.asks.invitations.rules import links, states
from marketplace.asks.invitations.rules.replies import ACCEPTED, DECLINED, InvitationReply, reply_file
from marketplace.asks.invitations.service import offers, quoting, receiving
from marketplace.asks.quotes import service as quotes
from marketplace.asks.quotes.rules import VALID_FOR
from marketplace.bookings import queries as bookings
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.holds import expiry
from marketplace.bookings.invites.service import invite
from marketplace.config import current
from marketplace.db import session
from marketplace.errors import Invalid
from marketplace.notifications.models import Message
from tests.asks.invitations.samples import ORGANISER, an_invitation
from tests.calendars.test_invites_in_four_readers import read_js  # noqa: F401  a fixture
from tests.factories import a_booking, a_payment
from tests.found import some
from tests.invariants.conftest import broken

MEETS = datetime(2027, 3, 15, 14, tzinfo=UTC)


@pytest.fixture
def invitation(ada, offering):
    """Half a day to share ideas with Ada, quoted for 420.00 USD."""
    return quoted(ada)


def quoted(ada, price_cents=None, **changes):
    received = receiving.receive(ada.user, text=an_invitation(**changes)).invitation
    return quoting.quote(ada.user, invitation_id=received.id, price_cents=price_cents)


def held(invitation):
    return bookings.locked(queries.live_quote(invitation.ask_id).booking_id)


def now(ada, invitation):
    return queries.one(ada.user, invitation.id)


def mails():
    return session().scalars(select(Message).where(Message.recipient == ORGANISER).order_by(Message.id)).all()


def signature(invitation):
    return links.signature(invitation.id, key=current().secret_key)


def test_the_meetings_own_time_is_held_under_its_own_name(invitation, moment):
    booking = held(invitation)
    assert (booking.status, booking.price_cents, booking.starts_at) == ("held", 42000, MEETS)
    assert booking.ends_at - booking.starts_at == timedelta(minutes=210)
    assert booking.hold_expires_at == moment.now + VALID_FOR
    assert booking.event_uid == "ideas@acme.example.com"
    (mail,) = mails()
    assert mail.subject == "Ada takes part for 420.00 USD: Share ideas"
    assert f"/invitations/{invitation.id}/" in mail.text
    person = session().scalars(select(User).where(User.email == ORGANISER)).one()
    assert (person.password, person.confirmed_at, person.name) == (None, None, "Hugo Brandt")


def test_paid_it_is_a_session_of_the_same_uid_and_the_organisers_calendar_is_answered(invitation, ada, stripe):
    booking = held(invitation)
    a_payment(booking.mentee, booking, stripe)
    quotes.settle_quotes()
    offers.settle_invitations()
    offers.settle_invitations()
    assert now(ada, invitation).status == states.ACCEPTED
    assert {"invitations_end", "quotes_are_paid_once", "asks_end"} & broken() == set()
    reply = mails()[-1]
    assert (reply.subject, reply.calendar_method) == ("Ada takes part: Share ideas", "REPLY")
    event = Calendar.from_ical(reply.calendar).walk("VEVENT")[0]
    assert (str(event["UID"]), event["ATTENDEE"].params["PARTSTAT"]) == ("ideas@acme.example.com", "ACCEPTED")
    (session_event,) = Calendar.from_ical(invite([bookings.locked(booking.id)], "REQUEST")).walk("VEVENT")
    assert str(session_event["UID"]) == "ideas@acme.example.com"
    assert str(session_event["ORGANIZER"]) == f"mailto:{ORGANISER}"
    with pytest.raises(receiving.InvitationPaid):
        receiving.receive(ada.user, text=an_invitation(sequence=4, ends="20270315T150000Z"))
    with pytest.raises(receiving.InvitationPaid):
        receiving.receive(ada.user, text=an_invitation(sequence=4, method="CANCEL"))


@pytest.mark.parametrize("own", [True, False])
def test_who_chose_another_time_is_not_told_that_the_coach_takes_part_at_the_meetings(ada, offering, stripe, own):
    received = receiving.receive(ada.user, text=an_invitation(ends="20270315T150000Z")).invitation
    invitation = quoting.quote(ada.user, invitation_id=received.id, hold_time=False)
    asker = session().scalars(select(User).where(User.email == ORGANISER)).one()
    asker.confirmed_at = asker.created_at
    starts_at = MEETS if own else MEETS + timedelta(days=1)
    offer_id = queries.live_quote(invitation.ask_id).id
    a_payment(asker, quotes.hold(asker, quote_id=offer_id, starts_at=starts_at), stripe)
    quotes.settle_quotes()
    for _twice in range(2):
        offers.settle_invitations()
    assert now(ada, invitation).status == states.ACCEPTED
    (reply,) = [mail for mail in mails() if mail.calendar_method == "REPLY"]
    subject, answer = {
        True: ("Ada takes part: Share ideas", "ACCEPTED"),
        False: ("Ada meets you at another time: Share ideas", "DECLINED"),
    }[own]
    assert (reply.subject, f"PARTSTAT={answer}" in reply.calendar) == (subject, True)
    assert "invitations_end" not in broken()


def test_under_a_key_a_newer_version_closes_the_page_that_is_paid_on_too(invitation, ada, api, stripe):
    booking = held(invitation)
    offers.pay(invitation.id, signature(invitation))
    newer = {"text": an_invitation(sequence=4, ends="20270315T150000Z").decode()}
    asked = [api(ada.user).post("/invitations", newer, **{"Idempotency-Key": "once"}) for _twice in range(2)]
    assert [answer.status_code for answer in asked] == [201, 201]
    assert asked[0].json == asked[1].json
    assert bookings.locked(booking.id).status == "cancelled"
    assert stripe.read(f"checkout/sessions/{booking.payment.checkout_id}")["status"] == "expired"


def test_what_nobody_pays_lapses_with_a_polite_no(invitation, ada, moment):
    moment.advance(hours=73)
    expiry.expire_holds()
    quotes.settle_quotes()
    moment.advance(hours=1)
    assert "invitations_end" in broken()
    offers.settle_invitations()
    assert now(ada, invitation).status == states.LAPSED
    assert "invitations_end" not in broken()
    assert [mail.calendar_method for mail in mails()] == [None, "REPLY"]
    assert "PARTSTAT=DECLINED" in mails()[-1].calendar


def test_the_organiser_declines_by_the_link_and_the_time_is_free_again(invitation, ada):
    booking = held(invitation)
    offers.decline(invitation.id, signature(invitation))
    assert now(ada, invitation).status == states.DECLINED
    assert (booking.status, asks.one(ada.user, invitation.ask_id).status) == ("cancelled", "withdrawn")
    told = session().scalars(select(Message.subject).where(Message.recipient == ada.user.email)).all()
    assert "Hugo Brandt has withdrawn an ask" in told
    with pytest.raises(quoting.InvitationEnded):
        offers.pay(invitation.id, signature(invitation))


def test_a_change_of_the_time_takes_the_quote_back_and_a_change_of_words_does_not(invitation, ada):
    first = held(invitation)
    receiving.receive(ada.user, text=an_invitation(sequence=1, more="LOCATION:Room 4"))
    assert (now(ada, invitation).status, first.status) == (states.QUOTED, "held")
    receiving.receive(ada.user, text=an_invitation(sequence=2, ends="20270315T150000Z"))
    changed = now(ada, invitation)
    assert (changed.status, changed.minutes, first.status) == (states.WAITING, 60, "cancelled")
    quoting.quote(ada.user, invitation_id=invitation.id)
    assert held(now(ada, invitation)).price_cents == 12000


def test_its_organiser_calls_it_off_before_paying(invitation, ada):
    booking = held(invitation)
    receiving.receive(ada.user, text=an_invitation(sequence=1, method="CANCEL"))
    assert (now(ada, invitation).status, booking.status) == (states.CANCELLED, "cancelled")


def test_another_quote_replaces_the_one_before(invitation, ada):
    first = held(invitation)
    quoting.quote(ada.user, invitation_id=invitation.id, price_cents=50000, note="With slides.")
    second = held(now(ada, invitation))
    assert (first.status, second.status, second.price_cents) == ("cancelled", "held", 50000)
    with pytest.raises(Invalid):
        quoting.quote(ada.user, invitation_id=invitation.id, price_cents=100)


def test_where_the_coach_has_a_session_the_organiser_chooses_another_time(ada, offering, mia, stripe):
    a_booking(mia, offering, MEETS + timedelta(hours=1), stripe)
    invitation = quoted(ada)
    live = queries.live_quote(invitation.ask_id)
    assert (live.status, live.booking_id) == ("sent", None)
    assert mails()[-1].subject == "Ada offers you 210 minutes for 420.00 USD"


def test_a_time_that_was_let_go_is_held_again_by_whoever_pays(invitation, ada):
    cancellations.cancel(held(invitation).mentee, booking_id=held(invitation).id, expected_refund_cents=0)
    quotes.settle_quotes()
    again = quoting.hold_again(invitation.id)
    assert (again.status, again.booking.status, again.booking.starts_at) == ("held", "held", MEETS)


def test_of_a_series_the_next_meeting_is_quoted_under_its_own_instance(ada, offering):
    invitation = quoted(ada, starts="20270315T140000Z", ends="20270315T150000Z", more="RRULE:FREQ=WEEKLY;COUNT=10")
    assert (invitation.sessions, held(invitation).calendar_instance) == (10, MEETS)
    assert "1,200.00 USD" in mails()[-1].text
    (event,) = Calendar.from_ical(invite([held(invitation)], "REQUEST")).walk("VEVENT")
    assert event["RECURRENCE-ID"].dt == MEETS


def test_minutes_asked_for_are_an_ask_that_takes_no_place_of_others(invitation, ada):
    ask = asks.one(ada.user, invitation.ask_id)
    assert (ask.origin, ask.minutes, ask.price_cents, ask.status) == ("invitation", 210, 42000, "quoted")
    another = quoted(ada, uid="second", starts="20270316T140000Z", ends="20270316T150000Z")
    assert another.ask_id != invitation.ask_id
    with pytest.raises(quotes.QuotedByInvitation):
        quotes.quote(ada.user, ask_id=ask.id, minutes=60, price_cents=None, note="")


def test_a_meeting_that_is_about_to_begin_cannot_be_quoted(ada, offering, moment):
    received = receiving.receive(ada.user, text=an_invitation()).invitation
    moment.set(MEETS - timedelta(minutes=50))
    with pytest.raises(quoting.MeetingTooSoon):
        quoting.quote(ada.user, invitation_id=received.id)


REPLY = InvitationReply(
    uid="ünicode;uid,with:signs@acme.example.com",
    instance=None,
    sequence=3,
    starts_at=MEETS,
    minutes=45,
    summary="Ideas; and, more\nlines",
    organiser_name='Hugo "the boss" Brandt',
    organiser_email=ORGANISER,
    attendee_name="Ada Lindqvist, coach",
    attendee_email="ada@example.com",
    partstat=DECLINED,
    comment="Not without pay, I am afraid: " + "x" * 100,
    stamp=MEETS - timedelta(days=3),
)


@pytest.mark.parametrize("instance", [None, MEETS])
@pytest.mark.parametrize("partstat", [ACCEPTED, DECLINED])
def test_replies_are_read_alike_by_two_other_libraries(partstat, instance):
    text = reply_file(InvitationReply(**{**vars(REPLY), "partstat": partstat, "instance": instance}))
    read = vobject.readOne(text)
    assert (read.method.value, read.vevent.uid.value) == ("REPLY", REPLY.uid)
    assert (read.vevent.attendee.params["PARTSTAT"], read.vevent.attendee.value) == (
        [partstat],
        "mailto:ada@example.com",
    )
    assert read.vevent.organizer.value == f"mailto:{ORGANISER}"
    assert read.vevent.sequence.value == "3"
    assert hasattr(read.vevent, "recurrence_id") is (instance is not None)


def test_by_the_link_it_is_looked_at_and_paid_without_an_account(client, invitation, ada):
    page = f"/invitations/{invitation.id}/{signature(invitation)}"
    seen = client.get(page).get_data(as_text=True)
    assert "Pay 420.00 USD" in seen
    assert "ada@" not in seen
    paid = client.submit(f"{page}/pay", seen=page)
    assert (paid.status_code, "localhost" in paid.location) == (303, False)
    assert client.get(f"/invitations/{invitation.id}/{'0' * 40}").status_code == 404
    declined = client.submit(f"{page}/decline", seen=page, follow_redirects=True).get_data(as_text=True)
    assert "does not take part" in declined
    assert now(ada, invitation).status == states.DECLINED


@pytest.mark.slow
def test_replies_are_read_by_two_libraries_of_javascript(read_js, tmp_path):  # noqa: F811
    file = tmp_path / "reply.ics"
    file.write_text(reply_file(REPLY), newline="")
    for library, times in some(read_js(file).items(), least=2):
        assert times == {REPLY.uid: (MEETS, MEETS + timedelta(minutes=45))}, library
