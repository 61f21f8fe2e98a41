"""Commands: say no to an invitation, and end those whose time has come."""

import uuid

from sqlalchemy.dialects.postgresql import insert

from marketplace import clock
from marketplace.asks.invitations import queries
from marketplace.asks.invitations.models import Invitation, InvitationStop
from marketplace.asks.invitations.rules import states
from marketplace.asks.invitations.transitions import transition_invitation
from marketplace.audit.service import record
from marketplace.db import session, transactional
from marketplace.errors import Conflict


class ToldTooMany(Conflict):
    """You have written to as many organisers as one may in a day. Try again tomorrow, or answer from your own mail."""


class OrganiserWantsNone(Conflict):
    """This organiser has asked us for no such mails. Answer from your own mail."""


class InvitationEnded(Conflict):
    """This invitation has ended already: it was paid for, declined or called off, or its time has passed."""


def may_tell(invitation: Invitation) -> None:
    """Check that the organiser may be written to; the coach is locked. Raises ToldTooMany, OrganiserWantsNone."""
    if queries.wants_none(invitation.organiser_email):
        raise OrganiserWantsNone
    if queries.told_lately(invitation.coach_id) >= states.MOST_TOLD:
        raise ToldTooMany


@transactional
def stop(invitation_id: uuid.UUID, signature: str) -> None:
    """Write to the organiser whose link this is no more, whichever coach asks for it. Harmless twice; NotFound."""
    invitation = queries.of_link(invitation_id, signature)
    wanted = insert(InvitationStop).values(email=invitation.organiser_email, created_at=clock.now())
    session().execute(wanted.on_conflict_do_nothing(index_elements=["email"]))
    record(None, "invitation.stopped", invitation.id)


def lapse_invitations() -> None:
    """End the invitations of meetings that have begun while they waited: nobody is told. Safe to run twice."""
    for invitation_id in queries.over():
        _lapse(invitation_id)


@transactional
def _lapse(invitation_id: uuid.UUID) -> None:
    invitation = queries.locked(invitation_id)
    if invitation.status == states.WAITING and invitation.starts_at <= clock.now():
        transition_invitation(invitation, states.LAPSED)
