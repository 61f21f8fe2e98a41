"""/admin/people: who is an admin, who is deactivated, and changing that."""

import uuid
from typing import Any

from marketplace.account_changes import service
from marketplace.account_changes.models import AccountChange
from marketplace.account_changes.queries import changes, people
from marketplace.account_changes.schemas import (
    AccountChangeSchema,
    AccountChangesSchema,
    AdminPersonSchema,
    NewAccountChangeSchema,
    PeopleFilterSchema,
    PeopleSchema,
)
from marketplace.accounts.models import User
from marketplace.api.auth import needs
from marketplace.api.resource import Resource
from marketplace.http import actor

bp = Resource("admin_people_api", __name__, url_prefix="/api/v1/admin", description="People, for admins")


@bp.get("/people")
@needs("admin:read")
@bp.arguments(PeopleFilterSchema, location="query")
@bp.response(200, PeopleSchema)
def list_people(wanted: dict[str, Any]) -> dict[str, Any]:
    """The person with one address, or admins and whoever is deactivated."""
    return {"items": people.people(actor(), **wanted)}


@bp.get("/people/<uuid:user_id>")
@needs("admin:read")
@bp.response(200, AdminPersonSchema)
def get_person(user_id: uuid.UUID) -> User:
    """One person."""
    return people.person(actor(), user_id)


@bp.get("/people/<uuid:user_id>/changes")
@needs("admin:read")
@bp.response(200, AccountChangesSchema)
def list_person_changes(user_id: uuid.UUID) -> dict[str, Any]:
    """What was changed about a person's account or is proposed, the newest first."""
    return {"items": changes.changes_of(actor(), people.person(actor(), user_id).id)}


@bp.post("/people/<uuid:user_id>/changes")
@needs("admin:critical")
@bp.arguments(NewAccountChangeSchema)
@bp.response(201, AccountChangeSchema)
@bp.alt_response(409, description="Nothing to change, the last admin, or sessions to come")
def propose_account_change(data: dict[str, Any], user_id: uuid.UUID) -> AccountChange:
    """Remove an admin, deactivate a person or let one back in. An admin's account waits for a second admin."""
    return service.propose(actor(), user_id=user_id, **data)


@bp.get("/account-changes")
@needs("admin:read")
@bp.response(200, AccountChangesSchema)
def list_account_changes() -> dict[str, Any]:
    """What waits for a second admin, the oldest first."""
    return {"items": changes.open_changes(actor())}


@bp.post("/account-changes/<uuid:change_id>/confirm")
@needs("admin:critical")
@bp.response(200, AccountChangeSchema)
@bp.alt_response(409, description="It is over already, or something stands against it")
def confirm_account_change(change_id: uuid.UUID) -> AccountChange:
    """Agree to what another admin proposed; it is made at once."""
    return service.confirm(actor(), change_id=change_id)


@bp.post("/account-changes/<uuid:change_id>/withdraw")
@needs("admin")
@bp.response(200, AccountChangeSchema)
@bp.alt_response(409, description="It is over already")
def withdraw_account_change(change_id: uuid.UUID) -> AccountChange:
    """Leave the account as it is."""
    return service.withdraw(actor(), change_id=change_id)
