"""People, for admins: who is one, who is deactivated, and changing that."""

import uuid
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.account_changes import queries, rules, service
from marketplace.account_changes.schemas import NewAccountChangeSchema
from marketplace.authentication.access import admin_only
from marketplace.errors import Conflict, Invalid, NotAllowed
from marketplace.http import actor
from marketplace.pages.forms import load
from marketplace.pages.responses import private

bp = Blueprint("admin_people", __name__, url_prefix="/admin/people")

LONGEST_ADDRESS = 254


@bp.get("")
@admin_only
def browse() -> ResponseReturnValue:
    """Admins, whoever is deactivated, or the person with one address; and what waits for a second admin."""
    email = request.args.get("email", "").strip()[:LONGEST_ADDRESS]
    return private(
        "admin/people.html",
        email=email,
        people=queries.people(actor(), email=email),
        waiting=queries.open_changes(actor()),
        kinds=rules.KINDS,
    )


@bp.get("/<uuid:user_id>")
@admin_only
def detail(user_id: uuid.UUID) -> ResponseReturnValue:
    """One person and the changes of the account."""
    return _page(user_id)


@bp.post("/<uuid:user_id>/changes")
@admin_only
def propose(user_id: uuid.UUID) -> ResponseReturnValue:
    """Change the account, or propose it to a second admin."""
    try:
        change = service.propose(actor(), user_id=user_id, **load(NewAccountChangeSchema()))
    except Invalid as refusal:
        return _page(user_id, errors=refusal.fields, typed=request.form), 422
    except Conflict as conflict:
        return _page(user_id, errors={"form": [conflict.sentence]}, typed=request.form), 409
    flash("Done." if change.made_at else "Another admin has to agree. All admins have been told.", "success")
    return redirect(url_for(".detail", user_id=user_id))


@bp.post("/<uuid:user_id>/changes/<uuid:change_id>/confirm")
@admin_only
def confirm(user_id: uuid.UUID, change_id: uuid.UUID) -> ResponseReturnValue:
    """Agree to what another admin proposed."""
    try:
        service.confirm(actor(), change_id=change_id)
    except (Conflict, NotAllowed) as refusal:
        return _page(user_id, errors={"form": [refusal.sentence]}), 409
    flash("Done.", "success")
    return redirect(url_for(".detail", user_id=user_id))


@bp.post("/<uuid:user_id>/changes/<uuid:change_id>/withdraw")
@admin_only
def withdraw(user_id: uuid.UUID, change_id: uuid.UUID) -> ResponseReturnValue:
    """Leave the account as it is."""
    service.withdraw(actor(), change_id=change_id)
    flash("Withdrawn. The account stays as it is.", "success")
    return redirect(url_for(".detail", user_id=user_id))


def _page(user_id: uuid.UUID, **shown: Any) -> Response:
    person = queries.person(actor(), user_id)
    changes = queries.changes_of(actor(), user_id)
    possible = {
        kind: words
        for kind, words in rules.KINDS.items()
        if rules.applies(kind, active=person.active, is_admin=person.is_admin)
    }
    return private(
        "admin/person.html",
        person=person,
        changes=changes,
        waits=any(change.made_at is None and change.withdrawn_at is None for change in changes),
        kinds=rules.KINDS,
        possible=possible,
        coming=queries.coming_sessions(person.id),
        longest=rules.LONGEST_REASON,
        **shown,
    )
