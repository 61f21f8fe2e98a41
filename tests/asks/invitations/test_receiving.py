"""Invitations come in, are changed and called off by their organisers, and are declined."""

import re

import pytest
from sqlalchemy import select

from marketplace.asks.invitations import queries
from marketplace.asks.invitations.rules import links, states
from marketplace.asks.invitations.service import choices, declining, quoting, receiving
from marketplace.db import session
from marketplace.errors import Invalid, NotFound
from marketplace.notifications.models import Message
from tests.asks.invitations.samples import ORGANISER, an_invitation
from tests.factories import a_coach
from tests.transitions import states_of_the_database


@pytest.fixture
def invitation(ada, offering):
    """Half a day to share ideas with Ada."""
    return received(ada)


def received(ada, **changes):
    return receiving.receive(ada.user, text=an_invitation(**changes)).invitation


def to_organiser():
    return session().scalars(select(Message).where(Message.recipient == ORGANISER)).all()


def test_it_is_priced_by_the_rate_card_with_preparation_and_people(invitation, ada):
    price = queries.price_of(invitation)
    assert (price.minutes, price.total_cents) == (210, 42000)
    choices.choose(ada.user, preparation_minutes=30, group_percent=25)
    assert queries.price_of(invitation).total_cents == 48000
    group = received(ada, uid="panel", attendees=("ada@example.com", "lee@acme.example.com", "kim@acme.example.com"))
    price = queries.price_of(group)
    assert (price.people, price.base_cents, price.group_cents) == (2, 48000, 24000)


def test_the_same_text_twice_is_one_invitation(invitation, ada):
    again = receiving.receive(ada.user, text=an_invitation())
    assert (again.invitation.id, again.changed) == (invitation.id, False)


def test_a_newer_version_replaces_it_and_an_older_one_does_not(invitation, ada):
    changed = received(ada, sequence=2, ends="20270315T150000Z")
    assert (changed.id, changed.minutes, changed.sequence) == (invitation.id, 60, 2)
    with pytest.raises(receiving.OlderInvitation):
        received(ada, sequence=1)


def test_its_organiser_calls_it_off(invitation, ada):
    gone = received(ada, method="CANCEL", sequence=1)
    assert (gone.id, gone.status) == (invitation.id, states.CANCELLED)
    with pytest.raises(receiving.NothingToCallOff):
        received(ada, method="CANCEL", uid="never-seen")
    with pytest.raises(receiving.OlderInvitation):
        received(ada, sequence=0)


def test_nobody_is_quoted_for_their_own_meeting_and_strangers_see_nothing(invitation, ada, mia):
    with pytest.raises(Invalid) as own:
        received(ada, organiser=ada.user.email)
    assert "yourself" in str(own.value.fields)
    with pytest.raises(NotFound):
        receiving.receive(mia, text=an_invitation())
    for stranger in (mia, a_coach("beth").user):
        with pytest.raises(NotFound):
            queries.one(stranger, invitation.id)
        with pytest.raises(NotFound):
            quoting.decline(stranger, invitation_id=invitation.id, reply="")


def test_a_no_reaches_the_organiser_in_words_and_for_their_calendar(invitation, ada):
    quoting.decline(ada.user, invitation_id=invitation.id, reply="Not without pay.")
    with pytest.raises(declining.InvitationEnded):
        quoting.decline(ada.user, invitation_id=invitation.id, reply="")
    (mail,) = to_organiser()
    assert mail.subject == "Ada declines: Share ideas"
    assert (mail.calendar_method, "PARTSTAT=DECLINED" in mail.calendar) == ("REPLY", True)
    assert "UID:ideas@acme.example.com" in mail.calendar
    assert "Not without pay." in mail.text


def test_one_may_end_it_without_a_mail(invitation, ada):
    assert quoting.decline(ada.user, invitation_id=invitation.id, reply="", tell=False).status == states.DECLINED
    assert to_organiser() == []


def test_who_wants_no_more_is_written_to_no_more(invitation, ada):
    quoting.decline(ada.user, invitation_id=invitation.id, reply="")
    signature = to_organiser()[0].text.split(f"/invitations/{invitation.id}/")[1].split()[0]
    with pytest.raises(NotFound):
        declining.stop(invitation.id, "0" * 40)
    declining.stop(invitation.id, signature)
    declining.stop(invitation.id, signature)
    another = received(ada, uid="again")
    with pytest.raises(declining.OrganiserWantsNone):
        quoting.decline(ada.user, invitation_id=another.id, reply="")
    assert len(to_organiser()) == 1


def test_no_coach_writes_to_many_in_a_day(ada, offering, moment):
    made = [received(ada, uid=f"meeting {number}") for number in range(states.MOST_TOLD + 1)]
    for each in made[:-1]:
        quoting.decline(ada.user, invitation_id=each.id, reply="")
    with pytest.raises(declining.ToldTooMany):
        quoting.decline(ada.user, invitation_id=made[-1].id, reply="")
    moment.advance(hours=25)
    assert quoting.decline(ada.user, invitation_id=made[-1].id, reply="").status == states.DECLINED


def test_what_waits_until_the_meeting_begins_is_over_and_nobody_is_told(invitation, ada, moment):
    declining.lapse_invitations()
    assert queries.one(ada.user, invitation.id).status == states.WAITING
    moment.advance(days=20)
    declining.lapse_invitations()
    declining.lapse_invitations()
    assert queries.one(ada.user, invitation.id).status == states.LAPSED
    assert to_organiser() == []


def test_the_database_knows_the_states(ada):
    assert states_of_the_database("invitations") == set(states.STATES.states)


def test_a_link_belongs_to_one_invitation_and_one_application(invitation):
    one = links.signature(invitation.id, key="a")
    assert links.is_right(one, invitation.id, key="a")
    assert not links.is_right(one, invitation.id, key="b")
    assert not links.is_right(one, invitation.coach_id, key="a")


def test_on_the_pages_it_is_put_in_looked_at_and_declined(browser_of, client, ada, offering):
    browser, page = browser_of(ada.user), "/dashboard/invitations"
    broken = browser.submit(page, {"text": "Can I pick your brain?"}, seen=page)
    assert broken.status_code == 422
    assert "This is not a calendar file" in broken.get_data(as_text=True)
    assert "Can I pick your brain?" in broken.get_data(as_text=True)
    sent = browser.submit(page, {"text": an_invitation().decode()}, seen=page)
    seen = browser.get(sent.location).get_data(as_text=True)
    assert "420.00 USD" in seen
    assert "420.00" in browser.get(page).get_data(as_text=True)
    declined = browser.submit(f"{sent.location}/decline", {"reply": "No."}, seen=sent.location, follow_redirects=True)
    assert "Declined." in declined.get_data(as_text=True)
    link = re.search(r"/invitations/\S+", to_organiser()[0].text).group()
    stranger = client
    assert "does not take part" in stranger.get(link).get_data(as_text=True)
    stopped = stranger.submit(f"{link}/stop", seen=link, follow_redirects=True)
    assert "You get no more such mails." in stopped.get_data(as_text=True)
    priced = browser.submit(
        f"{page}/settings", {"preparation_minutes": "900", "group_percent": "10"}, seen=f"{page}/settings"
    )
    assert priced.status_code == 422
    priced = browser.submit(
        f"{page}/settings", {"preparation_minutes": "15", "group_percent": "10"}, seen=f"{page}/settings"
    )
    assert priced.status_code == 303


def test_through_the_api_it_is_put_in_looked_at_and_declined(api, ada, offering):
    coach = api(ada.user)
    assert coach.post("/invitations", {"text": "no"}).status_code == 422
    sent = coach.post("/invitations", {"text": an_invitation().decode()})
    assert (sent.status_code, sent.json["price"]) == (201, {"amount": 42000, "currency": "usd"})
    path = f"/invitations/{sent.json['id']}"
    assert coach.get(path).json["organiser"] == {"name": "Hugo Brandt", "email": ORGANISER}
    assert [each["id"] for each in coach.get("/invitations?status=waiting").json["items"]] == [sent.json["id"]]
    assert coach.post(f"{path}/decline", {"reply": "", "tell": False}).json["status"] == "declined"
    again = coach.post("/invitations", {"text": an_invitation().decode()})
    assert (again.status_code, again.json["id"], again.json["status"]) == (201, sent.json["id"], "declined")
    assert coach.get("/coach/invitation-settings").json == {"preparation_minutes": 0, "group_percent": 0}
