"""Reads: a coach's coupons, and the one that a code names."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.coaches.models import Coach
from marketplace.coupons import rules
from marketplace.coupons.models import Coupon
from marketplace.db import session
from marketplace.errors import NotFound


@dataclass(frozen=True)
class Counted:
    """A coupon, how often it is in use, and how it stands: see `rules.state`."""

    coupon: Coupon
    uses: int
    state: str


def named(code: str, *, coach_id: uuid.UUID, offering_id: uuid.UUID) -> Coupon | None:
    """The coach's coupon of that code, if it counts for this offering now."""
    wanted = rules.code(code)
    if not rules.CODE.fullmatch(wanted):
        return None
    coupon = session().scalar(select(Coupon).where(Coupon.coach_id == coach_id, Coupon.code == wanted))
    if coupon is None or not rules.counts_for(coupon, offering_id=offering_id, now=clock.now()):
        return None
    return coupon


def listed(user: User, *, after: uuid.UUID | None = None, limit: int = 50) -> Sequence[Coupon]:
    """The person's own coupons, the newest first; `after` is the last one of the page before."""
    chosen = select(Coupon).join(Coach).where(Coach.user_id == user.id).order_by(Coupon.id.desc()).limit(limit)
    return session().scalars(chosen if after is None else chosen.where(Coupon.id < after)).all()


def own(user: User, coupon_id: uuid.UUID, *, locked: bool = False) -> Coupon:
    """One of the person's own, locked until the transaction ends if so asked; NotFound for anybody else's."""
    chosen = select(Coupon).join(Coach).where(Coupon.id == coupon_id, Coach.user_id == user.id)
    if locked:
        chosen = chosen.with_for_update(of=Coupon)
    coupon = session().scalars(chosen, execution_options={"populate_existing": True}).one_or_none()
    if coupon is None:
        raise NotFound
    return coupon


def open_count(coach_id: uuid.UUID) -> int:
    """How many of a coach's coupons have not been ended."""
    chosen = select(func.count()).where(Coupon.coach_id == coach_id, Coupon.ended_at.is_(None))
    return int(session().scalar(chosen) or 0)
