"""/invitations: meetings to which a coach was invited elsewhere."""

import uuid
from typing import Any

from flask import url_for

from marketplace.api.auth import needs
from marketplace.api.editing import Editable
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.asks.invitations import queries
from marketplace.asks.invitations.mailboxes import queries as mailbox_queries
from marketplace.asks.invitations.mailboxes import service as mailboxes
from marketplace.asks.invitations.mailboxes.schemas import MailInAddressSchema, ReceivedMailsSchema
from marketplace.asks.invitations.models import Invitation, InvitationSettings
from marketplace.asks.invitations.schemas import (
    DeclineInvitationSchema,
    InvitationSchema,
    InvitationSettingsSchema,
    InvitationsQuerySchema,
    InvitationsSchema,
    InvitationTextSchema,
    QuoteInvitationSchema,
)
from marketplace.asks.invitations.service import choices, quoting, receiving
from marketplace.asks.schemas import expected_cents
from marketplace.coaches import queries as coaches
from marketplace.http import actor

bp = Resource("invitations_api", __name__, url_prefix="/api/v1", description="Invitations to meetings elsewhere")


def _settings() -> InvitationSettings:
    return queries.settings_of(coaches.profile_of(actor()).id)


SETTINGS = Editable(InvitationSettingsSchema, _settings)


@bp.post("/invitations")
@needs("write")
@idempotent
@bp.arguments(InvitationTextSchema)
@bp.response(201, InvitationSchema)
@bp.alt_response(409, description="You have a newer version, it is paid for already, or there is nothing to call off")
def receive_invitation(fields: dict[str, Any]) -> tuple[Invitation, dict[str, str]]:
    """Have an invitation read and priced, as its coach. A newer version of one replaces it; a cancellation ends it."""
    found = receiving.receive(actor(), text=fields["text"].encode()).invitation
    return found, {"Location": url_for(".get_invitation", invitation_id=found.id)}


@bp.get("/invitations")
@needs("read")
@bp.arguments(InvitationsQuerySchema, location="query")
@bp.response(200, InvitationsSchema)
def list_invitations(wanted: dict[str, Any]) -> queries.InvitationPage:
    """Your invitations as a coach, the newest first."""
    return queries.page_for(actor(), **wanted)


@bp.get("/invitations/<uuid:invitation_id>")
@needs("read")
@bp.response(200, InvitationSchema)
def get_invitation(invitation_id: uuid.UUID) -> Invitation:
    """One invitation, for its coach."""
    return queries.one(actor(), invitation_id)


@bp.post("/invitations/<uuid:invitation_id>/quote")
@needs("write")
@idempotent
@bp.arguments(QuoteInvitationSchema)
@bp.response(200, InvitationSchema)
@bp.alt_response(409, description="It has ended or is being paid for, begins too soon, or its organiser wants none")
def quote_invitation(fields: dict[str, Any], invitation_id: uuid.UUID) -> Invitation:
    """Send the organiser a quote, payable without an account; the meeting's time is held as long as it stands."""
    currency = queries.one(actor(), invitation_id).coach.currency
    cents = expected_cents(fields.pop("price"), currency, field="price")
    return quoting.quote(actor(), invitation_id=invitation_id, price_cents=cents, **fields)


@bp.post("/invitations/<uuid:invitation_id>/decline")
@needs("write")
@bp.arguments(DeclineInvitationSchema)
@bp.response(200, InvitationSchema)
@bp.alt_response(409, description="It has ended, or as many organisers were written to as may be in a day")
def decline_invitation(fields: dict[str, Any], invitation_id: uuid.UUID) -> Invitation:
    """Say no; the organiser is sent the sentence, and a reply for their calendar."""
    return quoting.decline(actor(), invitation_id=invitation_id, **fields)


@bp.get("/coach/mail-in-address")
@needs("read")
@bp.response(200, MailInAddressSchema)
def get_mail_in_address() -> dict[str, str | None]:
    """Where you forward invitations as a coach."""
    return {"address": mailbox_queries.address_of(coaches.profile_of(actor()).id)}


@bp.post("/coach/mail-in-address")
@needs("write")
@bp.response(200, MailInAddressSchema)
@bp.alt_response(409, description="The operator takes no mail in")
def make_mail_in_address() -> dict[str, str | None]:
    """Have an address to forward invitations to, or another one; the one before takes nothing any more."""
    return {"address": mailboxes.make_address(actor())}


@bp.delete("/coach/mail-in-address")
@needs("write")
@bp.response(204)
def remove_mail_in_address() -> None:
    """Have no such address any more."""
    mailboxes.remove_address(actor())


@bp.get("/coach/received-mails")
@needs("read")
@bp.response(200, ReceivedMailsSchema)
def list_received_mails() -> dict[str, Any]:
    """The mails that came to your address and were not used, with their reasons."""
    return {"items": mailbox_queries.of_coach(actor())}


@bp.post("/coach/received-mails/<uuid:mail_id>/use")
@needs("write")
@bp.response(200, InvitationSchema)
def use_received_mail(mail_id: uuid.UUID) -> Invitation:
    """Use a mail that did not come from your own address, or that could not be used before."""
    return mailboxes.use(actor(), mail_id=mail_id)


@bp.delete("/coach/received-mails/<uuid:mail_id>")
@needs("write")
@bp.response(204)
def discard_received_mail(mail_id: uuid.UUID) -> None:
    """Forget a mail."""
    mailboxes.discard(actor(), mail_id=mail_id)


@bp.get("/coach/invitation-settings")
@needs("read")
@bp.response(200, InvitationSettingsSchema)
@SETTINGS.shown
def get_invitation_settings() -> InvitationSettings:
    """How your invitations are priced."""
    return _settings()


@bp.put("/coach/invitation-settings")
@needs("write")
@bp.arguments(InvitationSettingsSchema)
@bp.response(200, InvitationSettingsSchema)
@SETTINGS.edited
def set_invitation_settings(fields: dict[str, Any]) -> InvitationSettings:
    """Say how your invitations are priced."""
    return choices.choose(actor(), **fields)
