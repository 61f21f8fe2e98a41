"""/me: the person who asks, with their access tokens, reminders and calendar addresses."""

import uuid
from typing import Any

from marketplace import config
from marketplace.accounts import queries, service
from marketplace.accounts.mail_choices import service as mail_choices
from marketplace.accounts.mail_choices.schemas import MailChoicesSchema, MailKindSchema
from marketplace.accounts.models import AccessToken, User
from marketplace.accounts.schemas import (
    CreatedFeedSchema,
    CreatedTokenSchema,
    FeedSchema,
    MeSchema,
    NewFeedSchema,
    NewTokenSchema,
    PreferencesSchema,
    ProfileSchema,
    RemindersSchema,
    TokenSchema,
)
from marketplace.accounts.tokens import service as token_service
from marketplace.api.auth import asking_token, needs
from marketplace.api.editing import Editable
from marketplace.api.resource import Resource
from marketplace.http import actor

bp = Resource("me", __name__, url_prefix="/api/v1/me", description="You and your access tokens")

MAILS = Editable(MailChoicesSchema, actor)
ME = Editable(MeSchema, actor)


@bp.get("")
@needs("read")
@bp.response(200, MeSchema)
@ME.shown
def get_me() -> User:
    """Who you are."""
    return actor()


@bp.patch("")
@needs("write")
@bp.arguments(ProfileSchema(partial=True))
@bp.response(200, MeSchema)
@ME.edited
def edit_me(data: dict[str, Any]) -> User:
    """Change your name or time zone."""
    return service.update_profile(actor(), **data)


@bp.get("/tokens")
@needs("read")
@bp.response(200, TokenSchema(many=True))
def list_tokens() -> Any:
    """Your tokens that are not revoked, the newest first."""
    return queries.tokens_of(actor())


@bp.post("/tokens")
@needs("tokens")
@bp.arguments(NewTokenSchema)
@bp.response(201, CreatedTokenSchema)
def create_token(data: dict[str, Any]) -> dict[str, Any]:
    """Make a token that may no more, and lasts no longer, than the one you ask with. Its text is shown only here."""
    token, text = token_service.create_token(actor(), **data, made_by=asking_token())
    return _shown(token) | {"token": text}


@bp.delete("/tokens/<uuid:token_id>")
@needs(None)
@bp.response(204)
def revoke_token(token_id: uuid.UUID) -> None:
    """Revoke a token, and all that it made, at once; a second time changes nothing.

    Any token revokes itself and what it made; others take the scope `tokens`.
    """
    token_service.revoke_token(actor(), token_id=token_id, asked_with=asking_token())


@bp.put("/preferences")
@needs("write")
@bp.arguments(PreferencesSchema)
@bp.response(200, MeSchema)
@ME.edited
def set_preferences(data: dict[str, Any]) -> User:
    """Say in which language you read, how dates are written, whether the clock counts to 12, and when a week begins."""
    return service.choose_preferences(actor(), **data)


@bp.put("/reminders")
@needs("write")
@bp.arguments(RemindersSchema)
@bp.response(200, MeSchema)
@ME.edited
def set_reminders(data: dict[str, Any]) -> User:
    """Choose whether a mail reminds you a day before your sessions, an hour before, both or never."""
    return service.choose_reminders(actor(), **data)


@bp.get("/mails")
@needs("read")
@bp.response(200, MailKindSchema(many=True))
def list_mails() -> Any:
    """Every kind of mail that you may be sent, whether it is, and why some cannot be switched off."""
    return mail_choices.mail_choices(actor())


@bp.get("/mails/declined")
@needs("read")
@bp.response(200, MailChoicesSchema)
@MAILS.shown
def get_declined_mails() -> User:
    """The kinds of mail that you do not want."""
    return actor()


@bp.put("/mails/declined")
@needs("write")
@bp.arguments(MailChoicesSchema)
@bp.response(200, MailChoicesSchema)
@MAILS.edited
def choose_mails(data: dict[str, Any]) -> User:
    """Say which kinds of mail you do not want; what is not named is sent. Reminders have an address of their own."""
    return mail_choices.choose_mails(actor(), **data)


@bp.get("/feeds")
@needs("read")
@bp.response(200, FeedSchema(many=True))
def list_feeds() -> Any:
    """The addresses under which calendars follow your sessions, without their text."""
    return queries.feeds_of(actor())


@bp.post("/feeds")
@needs("write")
@bp.arguments(NewFeedSchema)
@bp.response(201, CreatedFeedSchema)
def create_feed(data: dict[str, Any]) -> dict[str, Any]:
    """Make a new address of one side of your sessions. It is shown only here; an older one stops working."""
    feed, text = service.create_feed(actor(), **data)
    url = f"{config.current().public_url}/calendar/{text}.ics"
    return {"id": feed.id, "side": feed.side, "created_at": feed.created_at, "url": url}


@bp.delete("/feeds/<uuid:feed_id>")
@needs("write")
@bp.response(204)
def revoke_feed(feed_id: uuid.UUID) -> None:
    """Stop an address at once; a second time changes nothing."""
    service.revoke_feed(actor(), feed_id=feed_id)


def _shown(token: AccessToken) -> dict[str, Any]:
    return {name: getattr(token, name) for name in TokenSchema().fields}
