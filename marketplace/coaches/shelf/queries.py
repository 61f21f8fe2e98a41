"""Reading shelves."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from marketplace.coaches.models import Coach
from marketplace.coaches.shelf.models import ShelfItem
from marketplace.db import session
from marketplace.errors import NotFound


def of_coach(coach_id: uuid.UUID) -> Sequence[ShelfItem]:
    """A coach's shelf, in the order that the coach gave it."""
    return session().scalars(select(ShelfItem).where(ShelfItem.coach_id == coach_id).order_by(ShelfItem.position)).all()


def own(coach: Coach, item_id: uuid.UUID) -> ShelfItem:
    """One of the coach's own; NotFound."""
    found = session().scalar(select(ShelfItem).where(ShelfItem.id == item_id, ShelfItem.coach_id == coach.id))
    if found is None:
        raise NotFound
    return found
