"""Commands: send an invitation's organiser a quote for its own time, and take one back."""

import uuid
from datetime import datetime, timedelta

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.accounts.sign_ups.service import account_of_invited
from marketplace.asks import queries as asks
from marketplace.asks.invitations import notifications, queries
from marketplace.asks.invitations.models import Invitation
from marketplace.asks.invitations.rules import states
from marketplace.asks.invitations.service.declining import InvitationEnded, may_tell
from marketplace.asks.invitations.transitions import transition_invitation
from marketplace.asks.models import Ask
from marketplace.asks.notifications import mails as ask_mails
from marketplace.asks.quotes import queries as quotes
from marketplace.asks.quotes import rules as quote_rules
from marketplace.asks.quotes.models import Quote
from marketplace.asks.quotes.prices.service import checked_price
from marketplace.asks.quotes.service import NothingToQuoteBy, QuoteBeingPaid, settle
from marketplace.asks.quotes.transitions import transition_quote
from marketplace.asks.rules import states as ask_states
from marketplace.asks.transitions import transition
from marketplace.audit.service import record
from marketplace.bookings import queries as bookings
from marketplace.bookings import rules as booking_rules
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.holds.agreed import hold_agreed
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.bookings.terms import service as booking_terms
from marketplace.coaches.kinds.rules import unsold
from marketplace.coaches.service.profiles import locked as locked_coach
from marketplace.db import before_command, session, transactional, uuid7
from marketplace.errors import Conflict, Invalid
from marketplace.languages import gettext as _
from marketplace.payments import rules as payment_rules
from marketplace.policies import queries as policies

# A quote ends so long before its meeting begins, and has to stand for a while.
ENDS_BEFORE, STANDS_AT_LEAST = timedelta(minutes=30), timedelta(minutes=30)


class MeetingTooSoon(Conflict):
    """The meeting begins too soon to be paid for before. Answer from your own mail."""


class OrganiserLeft(Conflict):
    """The account of this organiser is deactivated, so no quote can be sent."""


@transactional
def quote(
    coach: User,
    *,
    invitation_id: uuid.UUID,
    price_cents: int | None = None,
    note: str = "",
    kind: str | None = None,
    hold_time: bool | None = None,
) -> Invitation:
    """Send the organiser a quote that can be paid without an account; an earlier one for the meeting is replaced.

    None is the price of the rate card with preparation and people, and the kind of help that the coach gives first. The
    invitation's own time is held with the quote: with `hold_time` None where the coach's calendars have nothing
    else then. A session of the coach's there always wins: the organiser then chooses another time.

    Raises NotFound for anybody but its coach, InvitationEnded, Invalid, NothingToQuoteBy, MeetingTooSoon, ToldTooMany,
    OrganiserWantsNone, OrganiserLeft, QuoteBeingPaid.
    """
    seen = queries.one(coach, invitation_id)
    if seen.status not in states.OPEN:
        raise InvitationEnded
    asker = account_of_invited(
        email=seen.organiser_email,
        name=seen.organiser_name or seen.organiser_email,
        timezone=seen.zone if seen.zone in clock.zones() else coach.timezone,
        locale=coach.locale,
    )
    if not asker.active:
        raise OrganiserLeft
    bookings.lock_mentee_and_coach(asker.id, seen.coach_id)
    invitation = queries.locked(invitation_id)
    if invitation.status not in states.OPEN:
        raise InvitationEnded
    kind = kind or queries.usual_kind(invitation.coach)
    if kind not in invitation.coach.kinds or unsold(kind):
        raise Invalid(kind=_("Choose a kind of help that you give."))
    if len(note) > quote_rules.LONGEST_NOTE:
        raise Invalid(note=_("Keep this within %(most)s characters.", most=quote_rules.LONGEST_NOTE))
    cents = _price(invitation, kind, price_cents)
    valid_until = min(clock.now() + quote_rules.VALID_FOR, invitation.starts_at - ENDS_BEFORE)
    if valid_until < clock.now() + STANDS_AT_LEAST:
        raise MeetingTooSoon
    may_tell(invitation)
    _take_back(invitation, by=coach.id)
    ask = _asked(invitation, asker, kind, cents)
    made = _offered(ask, kind, cents, note.strip(), valid_until)
    invitation.ask_id, invitation.ask, invitation.told_at = ask.id, ask, clock.now()
    transition(ask, ask_states.QUOTED, by=coach.id)
    if invitation.status != states.QUOTED:
        transition_invitation(invitation, states.QUOTED, by=coach.id, price_cents=cents)
    wanted = queries.is_free(invitation) if hold_time is None else hold_time
    held = _hold(invitation, ask, made) if wanted else None
    if held is not None:
        notifications.tell_quoted(invitation, made, held_until=held)
    else:
        ask_mails.tell_quoted(ask, made)
    return invitation


def _price(invitation: Invitation, kind: str, given_cents: int | None) -> int:
    by_card = queries.price_of(invitation, kind=kind)
    if by_card is None or asks.offering_for(invitation.coach, invitation.minutes, kind) is None:
        raise NothingToQuoteBy
    cents = by_card.total_cents if given_cents is None else given_cents
    return checked_price(invitation.minutes, invitation.coach.currency, cents)


def _asked(invitation: Invitation, asker: User, kind: str, cents: int) -> Ask:
    """What the organiser wants of the coach, as an ask like any other: its minutes are counted."""
    coach = invitation.coach
    ask = Ask(
        id=uuid7(),
        coach_id=coach.id,
        coach=coach,
        asker_id=asker.id,
        asker=asker,
        status=ask_states.OPEN,
        origin=ask_states.INVITED,
        kind=kind,
        about=invitation.summary or _("A meeting"),
        not_about="",
        tried="",
        why_coach="",
        aim="",
        by_when=None,
        minutes=invitation.minutes,
        words_enough=False,
        payer="me",
        points=0,
        price_cents=cents,
        currency=coach.currency,
        sent_at=clock.now(),
        answer_by=clock.now() + ask_states.ANSWER_WITHIN,
    )
    session().add(ask)
    record(coach.user_id, "ask.sent", ask.id, coach_id=str(coach.id), minutes=ask.minutes, price_cents=cents)
    session().flush()
    return ask


def _offered(ask: Ask, kind: str, cents: int, note: str, valid_until: datetime) -> Quote:
    offering = asks.offering_for(ask.coach, ask.minutes, kind)
    assert offering is not None
    made = Quote(
        id=uuid7(),
        ask_id=ask.id,
        ask=ask,
        offering_id=offering.id,
        policy_version_id=policies.current(offering.policy_id).id,
        status=quote_rules.SENT,
        minutes=ask.minutes,
        price_cents=cents,
        currency=ask.currency,
        note=note,
        valid_until=valid_until,
        created_at=clock.now(),
        offered_times=[],
        booking=None,
        written_answer=None,
        credit=None,
    )
    session().add(made)
    session().flush()
    record(ask.coach.user_id, "quote.sent", made.id, ask_id=str(ask.id), minutes=made.minutes, price_cents=cents)
    return made


def _hold(invitation: Invitation, ask: Ask, made: Quote) -> datetime | None:
    """Hold the invitation's own time; until when, or None where the coach has a session then."""
    offering = quotes.offering_as_quoted(made)
    terms = booking_terms.TermsSnapshot(
        policies.terms_of(policies.version(made.policy_version_id)), booking_terms.current_fee(ask.asker, offering)
    )
    booking = hold_agreed(
        ask.asker,
        offering,
        invitation.starts_at,
        terms,
        brief=ask.about,
        until=made.valid_until,
    )
    if booking is None:
        return None
    booking.calendar_uid, booking.sequence = invitation.uid, invitation.sequence
    booking.calendar_instance = invitation.starts_at if invitation.recurs else invitation.instance
    made.booking_id, made.booking = booking.id, booking
    transition_quote(made, quote_rules.HELD, by=ask.coach.user_id, booking_id=str(booking.id))
    session().flush()
    return booking.hold_expires_at


def close_page(invitation: Invitation) -> None:
    """Close the page on which the quote is being paid for, outside every transaction; what was paid there counts."""
    live = None if invitation.ask_id is None else queries.live_quote(invitation.ask_id)
    payment = None if live is None or live.booking is None else live.booking.payment
    if payment is not None and payment.status == payment_rules.PENDING and not payment.is_settling:
        payment_id = str(payment.id)
        before_command(lambda: payment_outcomes.abandon_payment(payment_id))


def _take_back(invitation: Invitation, *, by: uuid.UUID | None) -> None:
    """Withdraw what can still be taken of a locked invitation's quote, and give its time back; QuoteBeingPaid."""
    if invitation.ask_id is None:
        return
    ask = asks.locked(invitation.ask_id)
    live = quotes.live_locked(ask.id)
    if live is None:
        return
    settle(ask, live.id)
    if live.status == quote_rules.HELD and live.booking is not None and live.booking.status == booking_rules.HELD:
        payment = live.booking.payment
        if payment is not None and payment.status in payment_rules.UNDECIDED:
            raise QuoteBeingPaid
        cancellations.cancel(ask.coach.user, booking_id=live.booking.id, expected_refund_cents=0)
        session().flush()
        settle(ask, live.id)
    if ask.status == ask_states.BOOKED or live.status == quote_rules.HELD:
        raise QuoteBeingPaid
    if live.status == quote_rules.SENT:
        transition_quote(live, quote_rules.WITHDRAWN, by=by)
    if ask.status in ask_states.WAITING:
        transition(ask, ask_states.WITHDRAWN, by=by)
    session().flush()


def decline(coach: User, *, invitation_id: uuid.UUID, reply: str, tell: bool = True) -> Invitation:
    """Say no, also to what was quoted; with `tell` the organiser is sent the sentence, and a reply for their calendar.

    Raises NotFound for anybody but its coach, Invalid, InvitationEnded, QuoteBeingPaid, ToldTooMany,
    OrganiserWantsNone.
    """
    seen = queries.one(coach, invitation_id)
    words = reply.strip() or str(states.USUAL_DECLINE)
    if len(words) > states.LONGEST_REPLY:
        raise Invalid(reply=_("Write 1 to %(most)s characters.", most=states.LONGEST_REPLY))
    close_page(seen)
    return _decline(coach, invitation_id, reply=words, tell=tell)


@transactional
def _decline(coach: User, invitation_id: uuid.UUID, *, reply: str, tell: bool) -> Invitation:
    invitation = take_back(invitation_id, states.DECLINED, by=coach.id, reply=reply)
    if tell:
        may_tell(invitation)
        invitation.told_at = clock.now()
        notifications.reply_declined(invitation)
    return invitation


@transactional
def take_back(invitation_id: uuid.UUID, to: str, *, by: uuid.UUID | None, reply: str = "") -> Invitation:
    """Withdraw the quote of an invitation, which then is `to`. Raises InvitationEnded, QuoteBeingPaid."""
    seen = queries.found(invitation_id)
    locked_coach(seen.coach_id)
    invitation = queries.locked(invitation_id)
    if invitation.status not in states.OPEN:
        raise InvitationEnded
    _take_back(invitation, by=by)
    transition_invitation(invitation, to, by=by)
    invitation.reply = reply or invitation.reply
    return invitation


@transactional
def hold_again(invitation_id: uuid.UUID) -> Quote:
    """The quote of an invitation with its time held, once more where it was let go meanwhile.

    Raises InvitationEnded where nothing can be paid any more.
    """
    seen = queries.found(invitation_id)
    if seen.ask is None:
        raise InvitationEnded
    bookings.lock_mentee_and_coach(seen.ask.asker_id, seen.coach_id)
    invitation = queries.locked(invitation_id)
    assert invitation.ask_id is not None
    ask = asks.locked(invitation.ask_id)
    live = quotes.live_locked(ask.id)
    if live is None or invitation.status != states.QUOTED:
        raise InvitationEnded
    settle(ask, live.id)
    if quote_rules.is_good(live.status, valid_until=live.valid_until, now=clock.now()):
        _hold(invitation, ask, live)
    if live.status != quote_rules.HELD:
        raise InvitationEnded
    return live
