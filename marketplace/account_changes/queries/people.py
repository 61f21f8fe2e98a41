"""Finding people, for admins."""

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import selectinload

from marketplace import clock
from marketplace.accounts.models import Role, User
from marketplace.accounts.queries import by_email, only_admins
from marketplace.coaches.models import Coach
from marketplace.coaches.rules import ONCE_APPROVED
from marketplace.db import session
from marketplace.errors import NotFound

LISTED = 200
ACTIVE, DEACTIVATED, UNCONFIRMED = "active", "deactivated", "unconfirmed"
STATES: dict[str, ColumnElement[bool]] = {
    ACTIVE: User.active & User.confirmed_at.is_not(None),
    DEACTIVATED: ~User.active,
    UNCONFIRMED: User.active & User.confirmed_at.is_(None),
}
ADMINS, COACHES = "admins", "coaches"
ROLES: dict[str, ColumnElement[bool]] = {
    ADMINS: User.roles.any(Role.name == "admin"),
    COACHES: User.id.in_(select(Coach.user_id).where(Coach.status.in_(ONCE_APPROVED))),
}
SORTS = {"joined": (User.id,), "name": (User.name, User.id)}


def people(admin: User, *, email: str = "") -> Sequence[User]:
    """The person with that address, however it is written; without one all admins, then whoever is deactivated."""
    only_admins(admin)
    if email:
        found = by_email(email)
        return [found] if found is not None else []
    of_interest = or_(ROLES[ADMINS], STATES[DEACTIVATED])
    chosen = select(User).options(selectinload(User.roles)).where(of_interest)
    return session().scalars(chosen.order_by(User.active.desc(), User.id).limit(LISTED)).all()


def person(admin: User, user_id: uuid.UUID) -> User:
    """One person; NotFound."""
    only_admins(admin)
    found = session().get(User, user_id)
    if found is None:
        raise NotFound
    return found


def search(
    admin: User,
    *,
    search: str = "",
    state: str = "",
    role: str = "",
    joined_from: date | None = None,
    joined_to: date | None = None,
    sort: str = "joined",
    descending: bool = True,
    offset: int = 0,
    limit: int | None = 50,
) -> Sequence[User]:
    """People whose name and address have every word of `search` in them, in a state and role of this module.

    Joined on these days, UTC, the last one included. NotFound for who is no admin.
    """
    only_admins(admin)
    chosen: Select[User] = select(User).options(selectinload(User.roles))
    for word in search.split():
        chosen = chosen.where(User.words.contains(word.lower(), autoescape=True))
    for conditions, wanted in ((STATES, state), (ROLES, role)):
        if wanted:
            chosen = chosen.where(conditions[wanted])
    if joined_from is not None:
        chosen = chosen.where(User.created_at >= clock.midnight(joined_from))
    if joined_to is not None:
        chosen = chosen.where(User.created_at < clock.midnight(joined_to, days_later=1))
    order = [column.desc() if descending else column for column in SORTS[sort]]
    return session().scalars(chosen.order_by(*order).offset(offset).limit(limit)).all()
