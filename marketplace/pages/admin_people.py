"""People, for admins: found by name, address, state or role; deactivated and reactivated."""

import uuid
from functools import partial
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.account_changes import rules, service
from marketplace.account_changes.queries import changes as change_queries
from marketplace.account_changes.queries import people as people_queries
from marketplace.account_changes.schemas import NewAccountChangeSchema, PeopleSearchSchema
from marketplace.accounts.models import User
from marketplace.authentication.access import admin_only
from marketplace.errors import Conflict, Invalid, NotAllowed
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.pages import tables
from marketplace.pages.csv_export import batches
from marketplace.pages.forms import load
from marketplace.pages.responses import private
from marketplace.pages.tables import TIME, Column

bp = Blueprint("admin_people", __name__, url_prefix="/admin/people")

STATES = {
    people_queries.ACTIVE: (_l("Active"), "quiet"),
    people_queries.UNCONFIRMED: (_l("Address not confirmed"), "warm"),
    people_queries.DEACTIVATED: (_l("Deactivated"), "bad"),
}
ROLES = {people_queries.ADMINS: _l("Admins"), people_queries.COACHES: _l("Coaches")}
ROLE_NAMES = {"admin": _l("Admin"), "coach": _l("Coach")}


def state_of(person: User) -> str:
    """A state of the search."""
    if not person.active:
        return people_queries.DEACTIVATED
    return people_queries.ACTIVE if person.confirmed_at else people_queries.UNCONFIRMED


def roles_of(person: User) -> str:
    """'Admin, Coach'; '' for a mentee alone."""
    return ", ".join(str(ROLE_NAMES.get(role.name, role.name)) for role in person.roles)


COLUMNS = (
    Column("name", _l("Name"), sorts=True),
    Column("email", _l("E-mail address")),
    Column("roles", _l("Role"), path=roles_of),
    Column("state", _l("Account"), path=lambda person: STATES[state_of(person)][0]),
    Column("joined", _l("Joined"), kind=TIME, path="created_at", sorts=True),
)


@bp.get("")
@admin_only
def browse() -> ResponseReturnValue:
    """People, and what waits for a second admin."""
    asked = tables.read(COLUMNS, default="-joined", filters=PeopleSearchSchema())
    if asked.as_csv:
        every = batches(partial(people_queries.search, actor()), **asked.filters, **asked.sorting)
        return asked.csv("people.csv", every)
    found = people_queries.search(actor(), **asked.filters, **asked.order)
    page = private(
        "admin/people.html",
        shown=asked.table(found, _("People")),
        waiting=change_queries.open_changes(actor()),
        kinds=rules.KINDS,
        states=STATES,
        state_options=[(name, words) for name, (words, _tone) in STATES.items()],
        roles=list(ROLES.items()),
        state_of=state_of,
    )
    return page, asked.status


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
    flash(_("Done.") if change.made_at else _("Another admin has to agree. All admins have been told."), "success")
    return redirect(url_for(".detail", user_id=user_id))


@bp.post("/<uuid:user_id>/changes/<uuid:change_id>/confirm")
@admin_only
def confirm(user_id: uuid.UUID, change_id: uuid.UUID) -> ResponseReturnValue:
    """Agree to what another admin proposed."""
    try:
        service.confirm(actor(), change_id=change_id)
    except (Conflict, NotAllowed) as refusal:
        return _page(user_id, errors={"form": [refusal.sentence]}), 409
    flash(_("Done."), "success")
    return redirect(url_for(".detail", user_id=user_id))


@bp.post("/<uuid:user_id>/changes/<uuid:change_id>/withdraw")
@admin_only
def withdraw(user_id: uuid.UUID, change_id: uuid.UUID) -> ResponseReturnValue:
    """Leave the account as it is."""
    service.withdraw(actor(), change_id=change_id)
    flash(_("Withdrawn. The account stays as it is."), "success")
    return redirect(url_for(".detail", user_id=user_id))


def _page(user_id: uuid.UUID, **shown: Any) -> Response:
    person = people_queries.person(actor(), user_id)
    changes = change_queries.changes_of(actor(), user_id)
    possible = {
        kind: words
        for kind, words in rules.KINDS.items()
        if rules.applies(kind, active=person.active, is_admin=person.is_admin)
    }
    return private(
        "admin/person.html",
        person=person,
        state=STATES[state_of(person)],
        role=roles_of(person),
        changes=changes,
        waits=any(change.made_at is None and change.withdrawn_at is None for change in changes),
        kinds=rules.KINDS,
        possible=possible,
        coming=change_queries.coming_sessions(person.id),
        longest=rules.LONGEST_REASON,
        **shown,
    )
