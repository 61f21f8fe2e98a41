"""Commands of an organiser by the link of their mail, and what becomes of quotes."""

import uuid

from marketplace.asks import queries as asks
from marketplace.asks.invitations import notifications, queries
from marketplace.asks.invitations.rules import states
from marketplace.asks.invitations.service import quoting
from marketplace.asks.invitations.transitions import transition_invitation
from marketplace.asks.notifications import mails
from marketplace.asks.rules import states as ask_states
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.db import transactional


def pay(invitation_id: uuid.UUID, signature: str) -> str:
    """The address of the hosted page where the organiser pays, without an account.

    Raises NotFound, InvitationEnded, and what `booking_checkout.pay` raises.
    """
    queries.of_link(invitation_id, signature)
    held = quoting.hold_again(invitation_id)
    assert held.booking_id is not None
    return booking_checkout.pay(held.ask.asker, booking_id=held.booking_id)


def decline(invitation_id: uuid.UUID, signature: str) -> None:
    """The organiser does not take the quote; the coach is told. Raises NotFound, InvitationEnded, QuoteBeingPaid."""
    invitation = queries.of_link(invitation_id, signature)
    quoting.close_page(invitation)
    _declined(invitation_id)


@transactional
def _declined(invitation_id: uuid.UUID) -> None:
    ask = queries.found(invitation_id).ask
    invitation = quoting.take_back(invitation_id, states.DECLINED, by=ask.asker_id if ask is not None else None)
    notifications.reply_declined(invitation)
    if ask is not None:
        mails.tell_withdrawn(asks.one(ask.asker, ask.id))


# What becomes of an invitation once its ask has ended.
OUTCOMES = {
    ask_states.BOOKED: states.ACCEPTED,
    ask_states.LAPSED: states.LAPSED,
    ask_states.ANSWERED: states.DECLINED,
    ask_states.DECLINED: states.DECLINED,
    ask_states.WITHDRAWN: states.DECLINED,
}


def settle_invitations() -> None:
    """Tell organisers' calendars what became of the quotes for their invitations. Safe to run twice."""
    for invitation_id in queries.to_settle():
        _settle(invitation_id)


@transactional
def _settle(invitation_id: uuid.UUID) -> None:
    invitation = queries.locked(invitation_id)
    if invitation.status != states.QUOTED or invitation.ask_id is None:
        return
    ask = asks.locked(invitation.ask_id)
    outcome = OUTCOMES.get(ask.status)
    if outcome is None:
        return
    transition_invitation(invitation, outcome)
    invitation.reply = ask.reply or invitation.reply
    booked = queries.paid_session(ask.id) if outcome == states.ACCEPTED else None
    if booked is not None and booked.starts_at != invitation.starts_at:
        notifications.reply_at_another_time(invitation, booked.starts_at)
    elif outcome == states.ACCEPTED:
        notifications.reply_accepted(invitation)
    else:
        notifications.reply_declined(invitation)
