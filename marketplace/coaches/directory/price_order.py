"""The directory by what an hour costs, the lowest first; currencies compared by their rates."""

import base64
import binascii
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Numeric,
    Select,
    Text,
    func,
    literal,
    literal_column,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from marketplace import config, money
from marketplace.coaches.directory.queries import DirectoryCriteria, Listing, listings_of
from marketplace.coaches.models import Coach, Offering
from marketplace.coaches.queries import ResultPage, public_coaches
from marketplace.db import session
from marketplace.errors import Invalid
from marketplace.exchange_rates.rules import EURO, DailyRates

# As the index `offerings_hourly_idx` has it.
HOURLY: ColumnElement[int] = literal_column("offerings.price_cents * 60 / offerings.minutes", BigInteger)
CHEAPER_HOURLY: ColumnElement[int] = literal_column("cheaper.price_cents * 60 / cheaper.minutes", BigInteger)
# What cannot be compared comes after everything that can, whatever it costs.
APART = Decimal(10) ** 15


@dataclass(frozen=True)
class PriceCursor:
    """A place in the order: what an hour costs there, as it is compared, and whose it is."""

    price: Decimal
    coach_id: uuid.UUID

    def sealed(self) -> str:
        """As text for an address."""
        return base64.urlsafe_b64encode(json.dumps([str(self.price), self.coach_id.hex]).encode()).decode()

    @classmethod
    def opened(cls, text: str) -> "PriceCursor":
        """Out of such a text; raises Invalid where it is none."""
        try:
            price, coach_id = json.loads(base64.urlsafe_b64decode(text))
            found = cls(Decimal(price), uuid.UUID(coach_id))
        except (ValueError, TypeError, AttributeError, InvalidOperation, binascii.Error) as error:
            raise Invalid(after="Take the cursor from the page before.") from error
        if not (found.price.is_finite() and 0 <= found.price < 1000 * APART):
            raise Invalid(after="Take the cursor from the page before.")
        return found


@dataclass(frozen=True)
class ComparedCurrency:
    """What a minor unit of a currency counts in the order, and what all of its prices come after."""

    code: str
    factor: Decimal
    apart: Decimal

    def least(self, after: PriceCursor | None) -> int:
        """No price of an hour below it comes after the cursor."""
        return 0 if after is None else max(int((after.price - self.apart) / self.factor) - 1, 0)


def compared_currencies(offered: Sequence[str], wanted: str, rates: DailyRates | None) -> list[ComparedCurrency]:
    """How each currency is compared with `wanted`: by its rate, or else after it, each by itself."""
    found, ahead = [], Decimal(0)
    for code in sorted(offered, key=lambda each: (each != wanted, each)):
        unit = Decimal(1).scaleb(-money.minor_digits(code))
        if rates is not None and rates.knows(code) and rates.knows(wanted):
            found.append(
                ComparedCurrency(code, round(unit * rates.per_euro[EURO] / rates.per_euro[code], 12), Decimal(0))
            )
        else:
            found.append(ComparedCurrency(code, unit, ahead))
            ahead += APART
    return found


def directory_by_price(
    criteria: DirectoryCriteria,
    *,
    currency: str,
    rates: DailyRates | None,
    few: bool,
    after: str | None = None,
    limit: int = 20,
) -> ResultPage[Listing]:
    """Coaches by their lowest price for an hour, compared in `currency`; see `compared_currencies`.

    `few`: hardly anybody meets the criteria, so that these are found first and then put in order. `after` is the cursor
    of the page before; raises Invalid for one that is none of ours.
    """
    cursor = PriceCursor.opened(after) if after else None
    compared = compared_currencies(config.current().offered_currencies(), currency, rates)
    statement = _in_order(_meeting(criteria, few=few), compared, cursor, limit + 1)
    rows = [PriceCursor(*row) for row in session().execute(statement).all()]
    kept = rows[:limit]
    return ResultPage(listings_of([one.coach_id for one in kept]), kept[-1].sealed() if len(rows) > limit else None)


def _meeting(criteria: DirectoryCriteria, *, few: bool) -> list[ColumnElement[bool]]:
    conditions = criteria.conditions()
    if not few:
        return conditions
    chosen = select(Coach.id).where(*conditions).cte("meeting").prefix_with("materialized", dialect="postgresql")
    return [Coach.id.in_(select(chosen.c.id))]


def _in_order(
    conditions: list[ColumnElement[bool]], compared: Sequence[ComparedCurrency], after: PriceCursor | None, most: int
) -> Select[Decimal, uuid.UUID]:
    """Of each currency the next coaches by its index, of all of them the first."""
    money_of = (
        func.unnest(
            literal([one.code for one in compared], ARRAY(Text)),
            literal([one.factor for one in compared], ARRAY(Numeric)),
            literal([one.apart for one in compared], ARRAY(Numeric)),
            literal([one.least(after) for one in compared], ARRAY(BigInteger)),
        )
        .table_valued("code", "factor", "apart", "least")
        .render_derived("money_of")
    )
    price = money_of.c.apart + HOURLY * money_of.c.factor
    cheaper = aliased(Offering, name="cheaper")
    undercut = (
        select(cheaper.id)
        .where(
            cheaper.coach_id == Offering.coach_id,
            cheaper.active,
            cheaper.currency == Offering.currency,
            tuple_(CHEAPER_HOURLY, cheaper.id) < tuple_(HOURLY, Offering.id),
        )
        .exists()
    )
    wanted = [
        Offering.active,
        Offering.currency == money_of.c.code,
        Offering.currency == Coach.currency,
        money_of.c.least <= HOURLY,
        ~undercut,
        *conditions,
    ]
    if after is not None:
        wanted.append(tuple_(price, Offering.coach_id) > tuple_(literal(after.price, Numeric), literal(after.coach_id)))
    each = (
        public_coaches()
        .with_only_columns(price.label("price"), Offering.coach_id)
        .join(Offering, Offering.coach_id == Coach.id)
        .where(*wanted)
        .order_by(HOURLY, Offering.coach_id)
        .limit(most)
        .correlate(money_of)
        .lateral()
    )
    chosen = select(each.c.price, each.c.coach_id).select_from(money_of).join(each, true())
    return chosen.order_by(each.c.price, each.c.coach_id).limit(most)
