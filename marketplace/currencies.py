"""Currencies: what Stripe charges at least and at most, and amounts set for each."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation


@dataclass(frozen=True)
class Currency:
    """`decimals` of its major unit, how many of these are `about_a_dollar`, and Stripe's least charge in minor units.

    The least charges are those of docs.stripe.com/currencies#minimum-and-maximum-charge-amounts.
    """

    decimals: int
    about_a_dollar: Decimal
    least_cents: int


def _of(decimals: int, about_a_dollar: str, least_cents: int) -> Currency:
    return Currency(decimals, Decimal(about_a_dollar), least_cents)


# Those that Stripe charges in whole major units (isk, ugx), pays out so (huf, twd) or takes in tens of a thousandth
# (bhd, jod, kwd, omr, tnd) are not here: parts of a price could not be refunded or paid out as they are split.
KNOWN: dict[str, Currency] = {
    "aed": _of(2, "4", 200),
    "aud": _of(2, "1.5", 50),
    "cad": _of(2, "1.5", 50),
    "chf": _of(2, "1", 50),
    "czk": _of(2, "20", 1500),
    "dkk": _of(2, "7", 250),
    "eur": _of(2, "1", 50),
    "gbp": _of(2, "1", 30),
    "hkd": _of(2, "8", 400),
    "jpy": _of(0, "150", 50),
    "mxn": _of(2, "20", 1000),
    "myr": _of(2, "4", 200),
    "nok": _of(2, "10", 300),
    "nzd": _of(2, "1.5", 50),
    "pln": _of(2, "4", 200),
    "ron": _of(2, "5", 200),
    "sek": _of(2, "10", 300),
    "sgd": _of(2, "1.5", 50),
    "thb": _of(2, "30", 1000),
    "usd": _of(2, "1", 50),
}
OFFERED = "aud,cad,chf,czk,dkk,eur,gbp,jpy,nok,nzd,pln,sek,usd"

# Stripe charges up to eight digits of minor units; half of that leaves room for the tax that may come on top.
LARGEST_CHARGE_CENTS = 50_000_000


def listed(text: str) -> tuple[str, ...]:
    """The currencies of 'usd, EUR' in their order; raises ValueError, saying what is wrong, unless all are known."""
    codes = tuple(dict.fromkeys(code.strip().lower() for code in text.split(",") if code.strip()))
    if not codes:
        raise ValueError("must name a currency")
    for code in codes:
        _known(code)
    return codes


def _known(code: str) -> Currency:
    if code not in KNOWN:
        raise ValueError(f"names {code[:10]}, which cannot be offered: choose among {', '.join(KNOWN)}")
    return KNOWN[code]


@dataclass(frozen=True)
class Amounts:
    """An amount for each currency: what is `named` for it in major units, else what `dollars` are about there."""

    dollars: Decimal
    named: tuple[tuple[str, Decimal], ...] = ()

    def __str__(self) -> str:
        return ",".join(f"{code}:{major}" for code, major in ({"usd": self.dollars} | dict(self.named)).items())

    def cents(self, currency: str) -> int:
        """Minor units of a currency that is `KNOWN`."""
        known = KNOWN[currency]
        major = dict(self.named).get(currency, self.dollars * known.about_a_dollar)
        return int(major.scaleb(known.decimals))

    def naming(self, text: str) -> "Amounts":
        """The same with what 'usd:15.00,jpy:2000' says of some currencies; ValueError says what is wrong."""
        return replace(self, named=tuple(dict(_named(text)).items()))


def _named(text: str) -> Iterator[tuple[str, Decimal]]:
    for part in filter(None, (part.strip() for part in text.split(","))):
        code, separator, typed = (piece.strip() for piece in part.lower().partition(":"))
        if not separator:
            raise ValueError("must name a currency with each amount, as usd:15.00,jpy:2000")
        known = _known(code)
        try:
            major = Decimal(typed)
        except InvalidOperation:
            major = Decimal(-1)
        if not (major.is_finite() and 0 <= major.scaleb(known.decimals) <= 10**12):
            raise ValueError(f"must say an amount of {code.upper()}, not {typed[:20]!r}")
        if major.scaleb(known.decimals) % 1:
            raise ValueError(f"says {typed[:20]} for {code}, which has {known.decimals} decimals")
        yield code, major
