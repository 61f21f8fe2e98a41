"""The coaches whom everybody may see, by the thousand."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, func, select

from marketplace.accounts.models import User
from marketplace.coaches import rules
from marketplace.coaches.models import Coach
from marketplace.db import session


def handles(*, since: uuid.UUID, limit: int) -> Sequence[str]:
    """The handles of as many, from this coach's id on, in the order of ids."""
    chosen = _public().with_only_columns(Coach.handle).where(Coach.id >= since)
    return session().scalars(chosen.order_by(Coach.id).limit(limit)).all()


def every(step: int) -> Sequence[uuid.UUID]:
    """The ids of the first, and of each that comes `step` coaches after the one before."""
    numbered = _public().with_only_columns(Coach.id, (func.row_number().over(order_by=Coach.id) - 1).label("place"))
    places = numbered.subquery()
    return session().scalars(select(places.c.id).where(places.c.place % step == 0).order_by(places.c.id)).all()


def _public() -> Select[Coach]:
    return select(Coach).join(User, User.id == Coach.user_id).where(Coach.status == rules.APPROVED, User.active)
