"""What a coupon may be, what it takes off, and whether it still counts. Pure."""

import re
import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Protocol

from marketplace import currencies, money
from marketplace.languages import gettext as _
from marketplace.languages import ngettext

CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{2,23}")
PERCENT = (1, 90)
USES = (1, 10_000)
MOST_OPEN = 100


class Discount(Protocol):
    """A part of the price in percent, or an amount in minor units."""

    @property
    def percent(self) -> int | None: ...
    @property
    def amount_cents(self) -> int | None: ...


class KeptCoupon(Discount, Protocol):
    """A coupon."""

    @property
    def valid_from(self) -> datetime | None: ...
    @property
    def valid_until(self) -> datetime | None: ...
    @property
    def ended_at(self) -> datetime | None: ...
    @property
    def offering_ids(self) -> Collection[uuid.UUID]: ...
    @property
    def uses_at_most(self) -> int | None: ...
    @property
    def uses_each_at_most(self) -> int | None: ...


def code(text: str) -> str:
    """A code as it is compared: capitals, nothing around it."""
    return text.strip().upper()


def taken_off(coupon: Discount, *, price_cents: int, floor_cents: int) -> int:
    """What it takes off a price, in cents; what is left is never below the floor."""
    wanted = coupon.amount_cents or money.part(price_cents, (coupon.percent or 0) * 100)
    return max(0, min(wanted, price_cents - floor_cents))


def counts_for(coupon: KeptCoupon, *, offering_id: uuid.UUID, now: datetime) -> bool:
    """May it be used now, for this offering?"""
    return (
        coupon.ended_at is None
        and (coupon.valid_from is None or coupon.valid_from <= now)
        and (coupon.valid_until is None or now < coupon.valid_until)
        and (not coupon.offering_ids or offering_id in coupon.offering_ids)
    )


def state(coupon: KeptCoupon, *, uses: int, now: datetime) -> str:
    """How it stands: open, ended, over, not_yet or used_up."""
    if coupon.ended_at is not None:
        return "ended"
    if coupon.valid_until is not None and coupon.valid_until <= now:
        return "over"
    if coupon.uses_at_most is not None and uses >= coupon.uses_at_most:
        return "used_up"
    return "not_yet" if coupon.valid_from is not None and now < coupon.valid_from else "open"


def why_not(coupon: KeptCoupon, *, uses: int, mentee_uses: int, wanted: int) -> str | None:
    """What stands against `wanted` more uses; None if nothing. `uses` are all so far, `mentee_uses` this mentee's."""
    if coupon.uses_at_most is not None and uses + wanted > coupon.uses_at_most:
        left = max(0, coupon.uses_at_most - uses)
        return _("This coupon is used up.") if not left else _too_few(left, wanted)
    if coupon.uses_each_at_most is not None and mentee_uses + wanted > coupon.uses_each_at_most:
        left = max(0, coupon.uses_each_at_most - mentee_uses)
        return _("You have used this coupon as often as one may.") if not left else _too_few(left, wanted)
    return None


def _too_few(left: int, wanted: int) -> str:
    return ngettext(
        "This coupon has %(num)s use left, and these are %(wanted)s sessions.",
        "This coupon has %(num)s uses left, and these are %(wanted)s sessions.",
        left,
        wanted=wanted,
    )


def problems(given: Mapping[str, Any], *, offerings: Collection[uuid.UUID], now: datetime) -> dict[str, str]:
    """What is wrong with a whole coupon of a coach who has these offerings, by field."""
    found = {}
    if not CODE.fullmatch(given["code"]):
        found["code"] = _("Use 3 to 24 letters, digits and hyphens, beginning with a letter or a digit.")
    if (given["percent"] is None) == (given["amount_cents"] is None):
        found["percent"] = _("Give either a percentage or an amount.")
    elif given["percent"] is not None and not PERCENT[0] <= given["percent"] <= PERCENT[1]:
        found["percent"] = _("Write a percentage from %(least)s to %(most)s.", least=PERCENT[0], most=PERCENT[1])
    elif given["amount_cents"] is not None and not 0 < given["amount_cents"] <= currencies.LARGEST_CHARGE_CENTS:
        found["amount"] = _("Write an amount above zero.")
    for name in ("uses_at_most", "uses_each_at_most"):
        if given[name] is not None and not USES[0] <= given[name] <= USES[1]:
            found[name] = _(
                "Write a number from %(least)s to %(most)s, or leave it empty.", least=USES[0], most=USES[1]
            )
    if given["valid_until"] is not None:
        if given["valid_until"] <= now:
            found["valid_until"] = _("Let it end later than now.")
        elif given["valid_from"] is not None and given["valid_until"] <= given["valid_from"]:
            found["valid_until"] = _("Let it end after it begins.")
    if not set(given["offering_ids"]) <= set(offerings):
        found["offering_ids"] = _("Choose among the offerings on your rate card.")
    return found
