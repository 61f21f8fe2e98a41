"""Commands: take in an invitation's text, a newer version of it, or that it is called off."""

from dataclasses import dataclass

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.asks.invitations import queries
from marketplace.asks.invitations.models import Invitation
from marketplace.asks.invitations.rules import people, reading, states
from marketplace.asks.invitations.rules.reading import NotAnInvitation, ReadInvitation
from marketplace.asks.invitations.service import quoting
from marketplace.audit.service import record
from marketplace.coaches import queries as coaches
from marketplace.coaches.models import Coach
from marketplace.coaches.service.profiles import locked as locked_coach
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Conflict, Invalid
from marketplace.languages import gettext as _


class OlderInvitation(Conflict):
    """You have a newer version of this invitation already."""


class InvitationPaid(Conflict):
    """This meeting is paid for and booked. Move or cancel it on the page of the session."""


class NothingToCallOff(Conflict):
    """This calls off a meeting of which you have no invitation that waits."""


@dataclass(frozen=True)
class ReceivedInvitation:
    """What became of a text: the invitation, and whether it `changed` anything."""

    invitation: Invitation
    changed: bool


def receive(coach: User, *, text: bytes, source: str = states.UPLOADED) -> ReceivedInvitation:
    """Keep what an iCalendar text invites the coach to; the same text again changes nothing.

    A newer version (SEQUENCE, DTSTAMP) replaces what is known, and withdraws what was quoted where it changes what
    matters. Raises NotFound for who is no coach, Invalid with the reason for what is no invitation, OlderInvitation,
    InvitationPaid, NothingToCallOff, QuoteBeingPaid.
    """
    profile = coaches.profile_of(coach)
    try:
        read = reading.read(text, zone=coach.timezone, now=clock.now())
    except NotAnInvitation as error:
        raise Invalid(text=str(error.reason)) from error
    if read.organiser is not None and read.organiser.email.casefold() == coach.email.casefold():
        raise Invalid(text=_("You organise this meeting yourself, so nobody else can be sent a quote."))
    known = queries.standing(profile.id, read.uid, read.instance)
    if known is not None and known.status == states.QUOTED and _matters(known, read):
        quoting.close_page(known)
    return _receive(coach, profile, read, source)


@transactional
def _receive(coach: User, profile: Coach, read: ReadInvitation, source: str) -> ReceivedInvitation:
    # Two who send the same are answered one after the other.
    locked_coach(profile.id)
    known = queries.standing_locked(profile.id, read.uid, read.instance)
    if known is None:
        return _first(profile, coach, read, source)
    order = states.compare(read.sequence, read.stamp, known_sequence=known.sequence, known_stamp=known.stamp)
    if read.method == reading.CANCEL:
        return _called_off(known, read, order)
    if order == states.OLDER:
        raise OlderInvitation
    if order == states.SAME:
        return ReceivedInvitation(known, changed=False)
    return _updated(known, coach, read)


def _matters(known: Invitation, read: ReadInvitation) -> bool:
    """Does a version change what was quoted for: the time, the length, the people, whom it is from, that it is on?"""
    if read.method == reading.CANCEL or read.organiser is None:
        return True
    before = (known.starts_at, known.minutes, known.recurs, known.attendees, known.organiser_email.casefold())
    others = max(len(read.attendees), 1)
    return before != (read.starts_at, read.minutes, read.recurs, others, read.organiser.email.casefold())


def _first(profile: Coach, coach: User, read: ReadInvitation, source: str) -> ReceivedInvitation:
    ended = queries.newest_ended(profile.id, read.uid, read.instance)
    if read.method == reading.CANCEL:
        if ended is None:
            raise NothingToCallOff
        return ReceivedInvitation(ended, changed=False)
    if ended is not None:
        order = states.compare(read.sequence, read.stamp, known_sequence=ended.sequence, known_stamp=ended.stamp)
        if order == states.SAME:
            return ReceivedInvitation(ended, changed=False)
        if order == states.OLDER:
            raise OlderInvitation
    made = Invitation(
        id=uuid7(),
        coach_id=profile.id,
        coach=profile,
        ask=None,
        status=states.WAITING,
        source=source,
        uid=read.uid,
        instance=read.instance,
        reply="",
        received_at=clock.now(),
    )
    _write(made, coach, read)
    session().add(made)
    session().flush()
    record(coach.id, "invitation.received", made.id, source=source, minutes=made.minutes)
    return ReceivedInvitation(made, changed=True)


def _write(invitation: Invitation, coach: User, read: ReadInvitation) -> None:
    assert read.organiser is not None
    assert read.starts_at is not None
    own = coach.email.casefold()
    invitation.sequence, invitation.stamp = read.sequence, read.stamp
    invitation.organiser_name, invitation.organiser_email = read.organiser.name, read.organiser.email
    # Where the coach was invited under another address, that one answers; which it is cannot be told among several.
    invited = [each for each in read.attendees if each.email.casefold() == own]
    others = [each for each in read.attendees if each.email]
    invitation.invited_as = (invited or (others if len(others) == 1 else []) or [people.Invitee("", coach.email)])[
        0
    ].email
    invitation.attendees = max(len(read.attendees), 1)
    invitation.summary = read.summary
    invitation.starts_at, invitation.minutes, invitation.zone = read.starts_at, read.minutes, read.zone
    invitation.recurs, invitation.sessions, invitation.endless = read.recurs, read.sessions, read.endless
    invitation.doubts = list(read.doubts)
    price = queries.price_of(invitation)
    invitation.card_cents = None if price is None else price.total_cents
    invitation.card_currency = None if price is None else invitation.coach.currency


def _updated(known: Invitation, coach: User, read: ReadInvitation) -> ReceivedInvitation:
    if known.status == states.ACCEPTED:
        raise InvitationPaid
    if known.status == states.QUOTED and _matters(known, read):
        # What was quoted is not what is asked for any more: the coach decides anew.
        quoting.take_back(known.id, states.WAITING, by=None)
    _write(known, coach, read)
    record(coach.id, "invitation.updated", known.id, sequence=read.sequence, minutes=read.minutes)
    return ReceivedInvitation(known, changed=True)


def _called_off(known: Invitation, read: ReadInvitation, order: str) -> ReceivedInvitation:
    if known.status == states.ACCEPTED:
        raise InvitationPaid
    if order == states.OLDER:
        raise OlderInvitation
    # The version that it replaces must not come back by a mail that was late.
    known.sequence, known.stamp = read.sequence, read.stamp
    quoting.take_back(known.id, states.CANCELLED, by=None)
    return ReceivedInvitation(known, changed=True)
