"""Commands: propose a change of an account, agree to it, withdraw it."""

import uuid

from sqlalchemy import select

from marketplace import clock, config
from marketplace.account_changes import rules
from marketplace.account_changes.models import AccountChange
from marketplace.account_changes.queries import changes as queries
from marketplace.accounts.models import Role, User
from marketplace.accounts.queries import other_admins
from marketplace.accounts.revocation.service import revoke_access
from marketplace.accounts.service import notify_admins
from marketplace.audit import service as audit
from marketplace.db import refusing, session, transactional, uuid7
from marketplace.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.languages import gettext as _
from marketplace.languages import ngettext, speaking
from marketplace.notifications.service import notify


class NothingToChange(Conflict):
    """The account is so already."""


class WaitsForAnother(Conflict):
    """A change of this account waits for a second admin. Confirm it or withdraw it first."""


class LastAdmin(Conflict):
    """This is the only active admin. Make somebody else an admin first: flask create-admin."""


class SessionsToCome(Conflict):
    """The person has sessions to come."""


class ChangeOver(Conflict):
    """This change was made or withdrawn already."""


@transactional
def propose(actor: User | None, *, user_id: uuid.UUID, kind: str, reason: str) -> AccountChange:
    """Change an account at once, or, where it is an admin's, propose it to a second admin.

    None as the actor is the operator at the command line, who needs nobody. Raises NotFound, Invalid, NothingToChange,
    WaitsForAnother, LastAdmin, and SessionsToCome where somebody is to be deactivated whom others wait for.
    """
    _only_admins(actor)
    words = reason.strip()
    if kind not in rules.KINDS:
        raise Invalid(kind=_("Choose one of %(join)s.", join=", ".join(rules.KINDS)))
    if not 1 <= len(words) <= rules.LONGEST_REASON:
        raise Invalid(
            reason=_(
                "Say why, in 1 to %(longest_reason)s characters: it stays on record.",
                longest_reason=rules.LONGEST_REASON,
            )
        )
    person = _locked(user_id)
    _refuse(person, kind)
    change = AccountChange(
        id=uuid7(),
        user_id=person.id,
        user=person,
        kind=kind,
        reason=words,
        proposed_by=actor.id if actor else None,
        proposer=actor,
        proposed_at=clock.now(),
    )
    with refusing("account_changes_one_open_idx", WaitsForAnother):
        session().add(change)
    audit.record(change.proposed_by, "account_change.proposed", person.id, kind=kind, reason=words)
    if rules.needs_second(change.proposed_by, is_admin=person.is_admin):
        _ask_admins(change)
    else:
        _make(change, by=change.proposed_by)
    return change


@transactional
def confirm(admin: User, *, change_id: uuid.UUID) -> AccountChange:
    """Agree, as a second admin, to what another one proposed; it is made at once."""
    change = _open(admin, change_id)
    if not rules.may_confirm(admin.id, change.proposed_by):
        raise NotAllowed(_("Another admin has to agree: you proposed it."))
    person = _locked(change.user_id)
    _refuse(person, change.kind)
    change.confirmed_by = admin.id
    _make(change, by=admin.id)
    return change


@transactional
def withdraw(admin: User, *, change_id: uuid.UUID) -> AccountChange:
    """Leave an account as it is."""
    change = _open(admin, change_id)
    change.withdrawn_at = clock.now()
    audit.record(admin.id, "account_change.withdrawn", change.user_id, kind=change.kind)
    return change


def _only_admins(actor: User | None) -> None:
    if actor is not None and not actor.is_admin:
        raise NotFound


def _open(admin: User, change_id: uuid.UUID) -> AccountChange:
    _only_admins(admin)
    change = queries.locked(change_id)
    if change is None:
        raise NotFound
    if change.made_at is not None or change.withdrawn_at is not None:
        raise ChangeOver
    return change


def _locked(user_id: uuid.UUID) -> User:
    """The person, locked. One after the other: two admins who remove each other at once would leave none."""
    session().execute(select(Role.id).where(Role.name == "admin").with_for_update())
    # A hold that is being made refers to the row: it is waited for, and counted.
    person = session().get(User, user_id, with_for_update=True, populate_existing=True)
    if person is None:
        raise NotFound
    session().refresh(person, ["roles"])
    return person


def _refuse(person: User, kind: str) -> None:
    """Raise what stands against the change."""
    if not rules.applies(kind, active=person.active, is_admin=person.is_admin):
        raise NothingToChange
    if rules.takes_from_admins(kind, is_admin=person.is_admin) and other_admins(person.id) == 0:
        raise LastAdmin
    coming = queries.coming_sessions(person.id) if kind == "deactivate" else 0
    if coming:
        raise SessionsToCome(
            ngettext(
                "%(name)s has %(num)s session to come. Cancel it first or wait; "
                "a suspended rate card takes no new ones.",
                "%(name)s has %(num)s sessions to come. Cancel them first or wait; "
                "a suspended rate card takes no new ones.",
                coming,
                name=person.name,
            )
        )


def _make(change: AccountChange, *, by: uuid.UUID | None) -> None:
    person = change.user
    if change.kind == "remove_admin":
        person.roles = [role for role in person.roles if role.name != "admin"]
        audit.record(by, "role.removed", person.id, role="admin")
    else:
        person.active = change.kind == "reactivate"
        audit.record(by, f"account.{change.kind}d", person.id)
    # Links in mails that are under way carry the old one.
    person.fs_uniquifier = uuid.uuid4().hex
    revoke_access(person.id, actor_id=by)
    change.made_at = clock.now()
    session().flush()
    with speaking(person.preferences):
        notify(person.email, template="account_changed", name=person.name, kind=change.kind)


def _ask_admins(change: AccountChange) -> None:
    assert change.proposer is not None
    notify_admins(
        template="account_change_proposed",
        what=rules.KINDS[change.kind],
        person=change.user.name,
        email=change.user.email,
        reason=change.reason,
        proposer=change.proposer.name,
        person_url=f"{config.current().public_url}/admin/people/{change.user_id}",
    )
