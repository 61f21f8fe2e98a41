"""What is refused of invitations, and what comes too late for them, changes nothing."""

import uuid
from datetime import timedelta

import pytest

from marketplace.asks.invitations import queries
from marketplace.asks.invitations.mailboxes import service as mailboxes
from marketplace.asks.invitations.mailboxes.models import MailInAddress
from marketplace.asks.invitations.rules import links, states
from marketplace.asks.invitations.service import offers, quoting, receiving
from marketplace.asks.quotes.rules import LONGEST_NOTE
from marketplace.audit.queries import timeline_of
from marketplace.bookings import queries as bookings
from marketplace.config import current
from marketplace.db import session
from marketplace.errors import Invalid, NotFound
from tests.asks.invitations.samples import an_invitation
from tests.asks.invitations.test_mail_in import address, arrive, own  # noqa: F401  a fixture


@pytest.fixture
def received(ada, offering):
    """Half a day to share ideas, which waits for Ada's answer."""
    return receiving.receive(ada.user, text=an_invitation()).invitation


def signature(invitation_id):
    return links.signature(invitation_id, key=current().secret_key)


def test_nobody_else_sees_an_invitation_nor_finds_one_that_is_none(received, ada, mia):
    for person, invitation_id in ((mia, received.id), (ada.user, uuid.uuid4())):
        with pytest.raises(NotFound):
            queries.one(person, invitation_id)
    with pytest.raises(NotFound):
        queries.found(uuid.uuid4())
    with pytest.raises(NotFound):
        queries.locked(uuid.uuid4())


def test_a_link_is_worth_nothing_before_its_organiser_was_written_to(received):
    with pytest.raises(NotFound):
        queries.of_link(received.id, signature(received.id))
    with pytest.raises(NotFound):
        queries.of_link(received.id, signature(uuid.uuid4()))


def test_only_one_state_is_listed_and_pages_follow_each_other(received, ada):
    receiving.receive(ada.user, text=an_invitation(uid="second", starts="20270316T140000Z", ends="20270316T150000Z"))
    first = queries.page_for(ada.user, limit=1)
    (second,) = queries.page_for(ada.user, after=first.after, limit=1).invitations
    assert {first.invitations[0].uid, second.uid} == {"ideas@acme.example.com", "second"}
    assert not queries.page_for(ada.user, status=states.QUOTED).invitations


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "therapist"}, "kind"),
        ({"kind": "sponsor"}, "kind"),
        ({"note": "x" * (LONGEST_NOTE + 1)}, "note"),
        ({"price_cents": 1}, "price"),
    ],
)
def test_a_quote_that_cannot_be_given_names_its_field(received, ada, changes, field):
    with pytest.raises(Invalid) as refused:
        quoting.quote(ada.user, invitation_id=received.id, **changes)
    assert set(refused.value.fields) == {field}
    assert queries.one(ada.user, received.id).status == states.WAITING


def test_a_coach_without_a_rate_has_nothing_to_quote_by(ada):
    received = receiving.receive(ada.user, text=an_invitation()).invitation
    with pytest.raises(quoting.NothingToQuoteBy):
        quoting.quote(ada.user, invitation_id=received.id)


def test_who_was_deactivated_is_sent_no_quote(received, ada):
    quoting.quote(ada.user, invitation_id=received.id)
    queries.one(ada.user, received.id).ask.asker.active = False
    with pytest.raises(quoting.OrganiserLeft):
        quoting.quote(ada.user, invitation_id=received.id)


def test_what_has_ended_is_not_quoted_nor_declined_nor_paid(received, ada):
    quoting.decline(ada.user, invitation_id=received.id, reply="", tell=False)
    declined = queries.one(ada.user, received.id)
    assert (declined.status, declined.reply) == (states.DECLINED, str(states.USUAL_DECLINE))
    for again in (
        lambda: quoting.quote(ada.user, invitation_id=received.id),
        lambda: quoting.decline(ada.user, invitation_id=received.id, reply="No."),
        lambda: quoting.hold_again(received.id),
    ):
        with pytest.raises(quoting.InvitationEnded):
            again()


def test_a_reply_has_a_length(received, ada):
    with pytest.raises(Invalid) as refused:
        quoting.decline(ada.user, invitation_id=received.id, reply="x" * (states.LONGEST_REPLY + 1))
    assert "reply" in refused.value.fields


def test_what_is_being_paid_is_not_taken_back(received, ada, mia, stripe):
    quoting.quote(ada.user, invitation_id=received.id)
    offers.pay(received.id, signature(received.id))
    held = bookings.locked(queries.live_quote(queries.one(ada.user, received.id).ask_id).booking_id)
    for refused in (
        lambda: quoting.decline(ada.user, invitation_id=received.id, reply=""),
        lambda: offers.decline(received.id, signature(received.id)),
    ):
        held.payment.settling_since = held.created_at
        session().flush()
        with pytest.raises(quoting.QuoteBeingPaid):
            refused()
    assert (held.status, queries.one(ada.user, received.id).status) == ("held", states.QUOTED)


def test_a_page_that_was_opened_is_closed_where_the_coach_says_no(received, ada, stripe):
    quoting.quote(ada.user, invitation_id=received.id)
    offers.pay(received.id, signature(received.id))
    held = bookings.locked(queries.live_quote(queries.one(ada.user, received.id).ask_id).booking_id)
    quoting.decline(ada.user, invitation_id=received.id, reply="Not without pay.")
    assert (held.status, held.payment.status) == ("cancelled", "cancelled")


def test_a_quote_that_lapsed_a_moment_ago_is_not_held_again(received, ada, moment):
    quoting.quote(ada.user, invitation_id=received.id, hold_time=False)
    live = queries.live_quote(queries.one(ada.user, received.id).ask_id)
    moment.set(live.valid_until + timedelta(seconds=1))
    with pytest.raises(quoting.InvitationEnded):
        quoting.hold_again(received.id)


def test_what_is_called_off_without_being_known_is_said(ada, offering):
    with pytest.raises(receiving.NothingToCallOff):
        receiving.receive(ada.user, text=an_invitation(method="CANCEL"))


def test_an_older_version_changes_nothing_before_and_after_the_end(received, ada):
    receiving.receive(ada.user, text=an_invitation(sequence=3))
    for text in (an_invitation(sequence=1), an_invitation(sequence=2, method="CANCEL")):
        with pytest.raises(receiving.OlderInvitation):
            receiving.receive(ada.user, text=text)
    receiving.receive(ada.user, text=an_invitation(sequence=4, method="CANCEL"))
    assert not receiving.receive(ada.user, text=an_invitation(sequence=4, method="CANCEL")).changed
    assert not receiving.receive(ada.user, text=an_invitation(sequence=4)).changed
    with pytest.raises(receiving.OlderInvitation):
        receiving.receive(ada.user, text=an_invitation(sequence=1))
    assert queries.one(ada.user, received.id).status == states.CANCELLED


def test_what_came_by_mail_is_used_or_discarded_by_its_coach_alone(ada, mia, address):  # noqa: F811
    mail_id = arrive(address, own(ada, **{"Auto-Submitted": "auto-generated"})).id
    for refused in (mailboxes.use, mailboxes.discard):
        with pytest.raises(NotFound):
            refused(mia, mail_id=mail_id)
    mailboxes.discard(ada.user, mail_id=mail_id)
    with pytest.raises(NotFound):
        mailboxes.use(ada.user, mail_id=mail_id)


def test_an_address_that_was_never_made_is_taken_away_without_harm(ada):
    before = len(timeline_of(ada.id))
    mailboxes.remove_address(ada.user)
    assert session().get(MailInAddress, ada.id) is None
    assert len(timeline_of(ada.id)) == before
