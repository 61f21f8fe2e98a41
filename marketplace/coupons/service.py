"""Commands of a coach: make a coupon, end it."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.coaches import queries as coaches
from marketplace.coaches import rules as coach_rules
from marketplace.coaches.models import Coach
from marketplace.coaches.service.offerings import NotApproved
from marketplace.coupons import queries, rules
from marketplace.coupons.models import Coupon
from marketplace.db import refusing, session, transactional, uuid7
from marketplace.errors import Conflict, Invalid
from marketplace.languages import gettext as _


class CodeTaken(Invalid):
    """You have a coupon of this code."""

    def __init__(self) -> None:
        super().__init__(None, code=_("You have had a coupon of this code already. Choose another."))


class TooManyCoupons(Conflict):
    """You have as many coupons as one may. End one first."""


@transactional
def make(
    user: User,
    *,
    code: str,
    percent: int | None = None,
    amount_cents: int | None = None,
    currency: str | None = None,
    uses_at_most: int | None = None,
    uses_each_at_most: int | None = 1,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    offering_ids: Sequence[uuid.UUID] = (),
) -> Coupon:
    """Make a coupon for one's own offerings, all of them where none is named; amounts are in the coach's currency.

    A mentee uses it once, unless `uses_each_at_most` says otherwise; None is no limit. Raises Invalid naming each
    field, CodeTaken, TooManyCoupons, NotApproved.
    """
    given = {name: value for name, value in locals().items() if name not in {"user", "currency"}}
    coach = coaches.profile_of(user)
    session().execute(select(Coach.id).where(Coach.id == coach.id).with_for_update(key_share=True))
    if not coach_rules.may_publish(coach.status):
        raise NotApproved
    if queries.open_count(coach.id) >= rules.MOST_OPEN:
        raise TooManyCoupons
    given |= {"code": rules.code(code), "offering_ids": list(dict.fromkeys(offering_ids))}
    wrong = rules.problems(given, offerings=[each.id for each in coaches.offerings_of(coach.id)], now=clock.now())
    if currency not in {None, coach.currency}:
        wrong["amount"] = _("Your currency is %(currency)s, so amounts are in it.", currency=coach.currency.upper())
    if wrong:
        raise Invalid(None, **wrong)
    coupon = Coupon(id=uuid7(), coach_id=coach.id, currency=coach.currency, **given)
    with refusing("coupons_coach_id_code_key", CodeTaken()):
        session().add(coupon)
    record(user.id, "coupon.made", coupon.id, code=coupon.code, percent=percent, amount_cents=amount_cents)
    return coupon


@transactional
def end(user: User, *, coupon_id: uuid.UUID) -> Coupon:
    """Let nobody use it any more. What it has taken off stays off, of unpaid times too; twice is harmless."""
    coupon = queries.own(user, coupon_id, locked=True)
    if coupon.ended_at is None:
        coupon.ended_at = clock.now()
        record(user.id, "coupon.ended", coupon.id, code=coupon.code)
    return coupon
