"""Mails about an invitation: to its organiser, with the answer for their calendar."""

from datetime import datetime
from typing import Any

from marketplace import clock, config
from marketplace.asks.invitations.models import Invitation
from marketplace.asks.invitations.rules import links
from marketplace.asks.invitations.rules.replies import ACCEPTED, DECLINED, InvitationReply, reply_file
from marketplace.asks.quotes.models import Quote
from marketplace.languages import Preferences, speaking
from marketplace.money import spoken
from marketplace.notifications.service import notify


def link_of(invitation: Invitation) -> str:
    """Where the organiser looks at the offer, declines it, or stops such mails; whoever has it may."""
    signature = links.signature(invitation.id, key=config.current().secret_key)
    return f"{config.current().public_url}/invitations/{invitation.id}/{signature}"


def reply_declined(invitation: Invitation) -> None:
    """The coach says no, or nobody took the offer: in words, and for the organiser's calendar."""
    _tell_organiser(
        invitation,
        "invitation_declined",
        key=f"invitation-declined:{invitation.id}",
        calendar=_reply(invitation, DECLINED),
        calendar_method="REPLY",
        secret=True,
    )


def reply_accepted(invitation: Invitation) -> None:
    """It is paid for: the coach takes part, as the organiser's calendar may note."""
    _tell_organiser(
        invitation,
        "invitation_accepted",
        key=f"invitation-accepted:{invitation.id}",
        calendar=_reply(invitation, ACCEPTED),
        calendar_method="REPLY",
        secret=True,
    )


def reply_at_another_time(invitation: Invitation, starts_at: datetime) -> None:
    """The organiser chose another time and paid: at the invitation's own the coach does not take part."""
    _tell_organiser(
        invitation,
        "invitation_other_time",
        key=f"invitation-other-time:{invitation.id}",
        calendar=_reply(invitation, DECLINED),
        calendar_method="REPLY",
        secret=True,
        other_time=clock.spoken(starts_at, _zone(invitation)),
    )


def tell_quoted(invitation: Invitation, quote: Quote, *, held_until: datetime) -> None:
    """The coach takes part for a price: who writes, what it costs, and how to have no more such mails."""
    _tell_organiser(
        invitation,
        "invitation_quoted",
        key=f"invitation-quote:{quote.id}",
        secret=True,
        price=spoken(quote.price_cents, quote.currency),
        valid_until=clock.spoken(quote.valid_until, _zone(invitation)),
        held_until=clock.spoken(held_until, _zone(invitation)),
        note=quote.note,
        recurs=invitation.recurs,
        sessions=invitation.sessions,
        series_price=spoken(quote.price_cents * invitation.sessions, quote.currency),
    )


def _reply(invitation: Invitation, partstat: str) -> str:
    first_alone = invitation.recurs and partstat == ACCEPTED
    return reply_file(
        InvitationReply(
            uid=invitation.uid,
            instance=invitation.starts_at if first_alone else invitation.instance,
            sequence=invitation.sequence,
            starts_at=invitation.starts_at,
            minutes=invitation.minutes,
            summary=invitation.summary,
            organiser_name=invitation.organiser_name,
            organiser_email=invitation.organiser_email,
            attendee_name=invitation.coach.user.name,
            attendee_email=invitation.invited_as,
            partstat=partstat,
            comment=invitation.reply if partstat == DECLINED else "",
            stamp=clock.now(),
        )
    )


def _reader(invitation: Invitation) -> Preferences:
    """How the organiser reads: as their account says, else as the coach, who knows them."""
    return invitation.ask.asker.preferences if invitation.ask is not None else invitation.coach.user.preferences


def _tell_organiser(invitation: Invitation, template: str, *, key: str, **more: Any) -> None:
    delivery = {name: more.pop(name) for name in ("calendar", "calendar_method", "secret") if name in more}
    with speaking(_reader(invitation)):
        notify(invitation.organiser_email, template=template, key=key, **delivery, **_facts(invitation), **more)


def _zone(invitation: Invitation) -> str:
    return invitation.zone if invitation.zone in clock.zones() else invitation.coach.user.timezone


def _facts(invitation: Invitation) -> dict[str, Any]:
    return {
        "name": invitation.organiser_name,
        "coach": invitation.coach.user.name,
        "summary": invitation.summary,
        "starts_at": clock.spoken(invitation.starts_at, _zone(invitation)),
        "minutes": invitation.minutes,
        "reply": invitation.reply,
        "link": link_of(invitation),
        "directory_url": f"{config.current().public_url}/coaches",
    }
