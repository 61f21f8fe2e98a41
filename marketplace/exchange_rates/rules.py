"""Reading a day's reference rates strictly, and amounts at them. Pure."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from marketplace import money

# https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates: one Cube of the day, in it a
# Cube for each currency; `rate` is how many of it one euro is.
NAMESPACE = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}"
ENVELOPE = "{http://www.gesmes.org/xml/2002-08-01}Envelope"
CODE, RATE = re.compile(r"[A-Z]{3}"), re.compile(r"\d{1,7}(\.\d{1,8})?")
MOST_BYTES, MOST_CURRENCIES = 64 * 1024, 200
EURO = "eur"
# No rates come on weekends and holidays: at Easter those of a Thursday hold until Tuesday.
GOOD_FOR_DAYS = 7


class UnreadableRates(Exception):
    """What came is not a day's reference rates; the message says why."""


@dataclass(frozen=True)
class DailyRates:
    """The rates of one day: how many of a currency (lower-case code) one euro is. The euro itself is 1."""

    day: date
    per_euro: Mapping[str, Decimal]

    def is_good(self, today: date) -> bool:
        """Are they new enough to be shown?"""
        return 0 <= (today - self.day).days <= GOOD_FOR_DAYS

    def knows(self, currency: str) -> bool:
        """Is there a rate of this currency?"""
        return currency in self.per_euro

    def approximate(self, cents: int, currency: str, wanted: str) -> int | None:
        """About how many minor units of `wanted` these are, to a whole major unit; None where a rate is unknown."""
        if not (self.knows(currency) and self.knows(wanted)):
            return None
        major = Decimal(cents).scaleb(-money.minor_digits(currency)) / self.per_euro[currency] * self.per_euro[wanted]
        return int(major.quantize(Decimal(1), ROUND_HALF_UP).scaleb(money.minor_digits(wanted)))


def parse(document: bytes, *, today: date) -> DailyRates:
    """The rates of the Bank's daily XML; raises UnreadableRates for anything else.

    No document type is read (nor what it might define), no day to come, no rate twice, none that is no number above 0.
    """
    if len(document) > MOST_BYTES:
        raise UnreadableRates(f"more than {MOST_BYTES} bytes")
    try:
        text = document.decode()
        if "<!" in text:
            raise UnreadableRates("a document type, or a comment")
        # Without a document type there are no entities, so nothing grows and nothing is fetched.
        root = ET.fromstring(text)  # noqa: S314
    except (ET.ParseError, ValueError, LookupError) as error:
        raise UnreadableRates("no XML") from error
    days = root.findall(f"{NAMESPACE}Cube/{NAMESPACE}Cube") if root.tag == ENVELOPE else []
    if len(days) != 1:
        raise UnreadableRates(f"{len(days)} days")
    return DailyRates(_day(days[0].get("time", ""), today), {EURO: Decimal(1)} | _rates(list(days[0])))


def _day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise UnreadableRates("no day") from error
    if day > today:
        raise UnreadableRates("a day to come")
    return day


def _rates(cubes: list[ET.Element]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    if not 0 < len(cubes) <= MOST_CURRENCIES:
        raise UnreadableRates(f"{len(cubes)} currencies")
    for cube in cubes:
        code, rate = cube.get("currency", ""), cube.get("rate", "")
        if cube.tag != f"{NAMESPACE}Cube" or not CODE.fullmatch(code) or not RATE.fullmatch(rate) or not Decimal(rate):
            raise UnreadableRates(f"no rate: {code[:10]} {rate[:20]}")
        if code.lower() in {*found, EURO}:
            raise UnreadableRates(f"{code} twice")
        found[code.lower()] = Decimal(rate)
    return found
