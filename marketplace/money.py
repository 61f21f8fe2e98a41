"""Money: an integer count of minor units (ISO 4217) and a lower-case currency code."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import cache

from babel.numbers import format_decimal, get_currency_precision, list_currencies


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
    """The amount as people read it: 123456, usd -> '1,234.56 USD'."""
    digits = minor_digits(currency)
    pattern = "#,##0." + "0" * digits if digits else "#,##0"
    number = format_decimal(Decimal(cents).scaleb(-digits), format=pattern, locale="en")
    return f"{number} {currency.upper()}"


def parse(text: str, currency: str) -> int:
    """Minor units of a typed amount: '120', '120.5', '1 200,50' -> 12000, 12050, 120050.

    Raises ValueError for anything else, more decimals than the currency has included.
    """
    cleaned = text.strip().replace("\u00a0", "").replace(" ", "").replace("'", "")
    if "," in cleaned and "." in cleaned:
        cleaned = cleaned.replace(",", "")
    cleaned = cleaned.replace(",", ".")
    try:
        amount = Decimal(cleaned)
    except InvalidOperation as error:
        raise ValueError("not an amount") from error
    if not amount.is_finite() or amount < 0:
        raise ValueError("not an amount")
    minor = amount.scaleb(minor_digits(currency))
    if minor != minor.to_integral_value():
        raise ValueError(f"{currency.upper()} has {minor_digits(currency)} decimals")
    if minor > 10**12:
        raise ValueError("too large an amount")
    return int(minor)
