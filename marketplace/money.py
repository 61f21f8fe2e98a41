"""Money: an integer count of minor units (ISO 4217) and a lower-case currency code."""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache

from babel.numbers import get_currency_precision, list_currencies

from marketplace.languages import formats

SPACES = re.compile(r"[\s\u00a0\u202f']")
# Groups of three by a mark, as thousands are written.
PLAIN = re.compile(r"[0-9]{1,16}(?:\.[0-9]+)?")
GROUPED = {mark: re.compile(rf"[0-9]{{1,3}}(?:{re.escape(mark)}[0-9]{{3}})+") for mark in ".,"}


@cache
def minor_digits(currency: str) -> int:
    """How many decimals the currency's major unit has: 2 for usd, 0 for jpy (ISO 4217 minor unit)."""
    code = currency.upper()
    if code not in list_currencies():
        raise ValueError(f"{currency!r} is not an ISO 4217 currency")
    return get_currency_precision(code)


def split(cents: int, weights: Sequence[int]) -> list[int]:
    """Divide `cents` in proportion to `weights` so that every cent goes to somebody.

    Largest remainder; ties go to the earlier share. `cents` >= 0, weights >= 0 with a positive sum.
    """
    total = sum(weights)
    if cents < 0 or total <= 0 or min(weights) < 0:
        raise ValueError("a split needs cents >= 0 and weights >= 0 that are not all 0")
    shares = [cents * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: -(cents * weights[i] % total))
    for i in by_remainder[: cents - sum(shares)]:
        shares[i] += 1
    return shares


def part(cents: int, basis_points: int) -> int:
    """`basis_points` ten-thousandths of `cents`, as the first share of an exact split."""
    return split(cents, [basis_points, 10_000 - basis_points])[0]


def plain(cents: int, currency: str) -> str:
    """The amount as digits: 12000, usd -> '120.00'; 500, jpy -> '500'."""
    digits = minor_digits(currency)
    return f"{Decimal(cents).scaleb(-digits):.{digits}f}"


def spoken(cents: int, currency: str) -> str:
    """The amount as its reader writes it: 123456, usd -> '1,234.56 USD', '1.234,56 USD'."""
    digits = minor_digits(currency)
    return f"{formats.number(Decimal(cents).scaleb(-digits), decimals=digits)} {currency.upper()}"


def parse(text: str, currency: str) -> int:
    """Minor units of a typed amount: '120', '120.5', '1 200,50' -> 12000, 12050, 120050.

    A mark before three last digits groups thousands where the reader's locale groups by it ('1,200' or '1.200');
    else a last mark stands before decimals. Raises ValueError for anything else, more decimals than the currency
    has included.
    """
    written = _ungrouped(SPACES.sub("", text))
    if not PLAIN.fullmatch(written):
        raise ValueError("not an amount")
    digits = minor_digits(currency)
    if len(written.partition(".")[2]) > digits:
        raise ValueError(f"{currency.upper()} has {digits} decimals")
    minor = Decimal(written).scaleb(digits)
    if minor > 10**12:
        raise ValueError("too large an amount")
    return int(minor)


def _ungrouped(typed: str) -> str:
    """Digits with a point before decimals, if any; '' where groups are none."""
    marks = [mark for mark in typed if mark in ".,"]
    if not marks:
        return typed
    last = marks[-1]
    if len(set(marks)) == 1 and GROUPED[last].fullmatch(typed) and (len(marks) > 1 or formats.group_mark() == last):
        return typed.replace(last, "")
    other = "," if last == "." else "."
    if other in marks and not GROUPED[other].fullmatch(typed.rsplit(last, 1)[0]):
        return ""
    return typed.replace(other, "").replace(last, ".")
