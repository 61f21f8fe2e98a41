"""/me: the person who asks, and her access tokens."""

import uuid
from typing import Any

from marketplace.accounts import queries, service
from marketplace.accounts.models import AccessToken, User
from marketplace.accounts.schemas import CreatedTokenSchema, MeSchema, NewTokenSchema, ProfileSchema, TokenSchema
from marketplace.api.auth import held_scopes, needs
from marketplace.api.resource import Resource
from marketplace.http import actor

bp = Resource("me", __name__, url_prefix="/api/v1/me", description="You and your access tokens")


@bp.get("")
@needs("read")
@bp.response(200, MeSchema)
def show() -> User:
    """Who you are."""
    return actor()


@bp.patch("")
@needs("write")
@bp.arguments(ProfileSchema(partial=True))
@bp.response(200, MeSchema)
def change(data: dict[str, Any]) -> User:
    """Change your name or time zone."""
    return service.update_profile(actor(), **data)


@bp.get("/tokens")
@needs("read")
@bp.response(200, TokenSchema(many=True))
def tokens() -> Any:
    """Your tokens that are not revoked, the newest first."""
    return queries.tokens_of(actor())


@bp.post("/tokens")
@needs("write")
@bp.arguments(NewTokenSchema)
@bp.response(201, CreatedTokenSchema)
def create_token(data: dict[str, Any]) -> dict[str, Any]:
    """Make a token that may no more than the one you ask with. Its text is shown only here."""
    token, text = service.create_token(actor(), **data, held_scopes=held_scopes())
    return _shown(token) | {"token": text}


@bp.delete("/tokens/<uuid:token_id>")
@needs("write")
@bp.response(204)
def revoke_token(token_id: uuid.UUID) -> None:
    """Revoke a token at once; a second time changes nothing."""
    service.revoke_token(actor(), token_id=token_id)


def _shown(token: AccessToken) -> dict[str, Any]:
    return {name: getattr(token, name) for name in TokenSchema().fields}
