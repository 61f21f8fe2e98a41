"""What a policy may say and how it reads. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Protocol

from marketplace.money import split

LONGEST_NAME = 40
MOST_TIERS = 4
HOURS = (0, 720)
GRACE_MINUTES = (0, 1440)
RESCHEDULES = (0, 10)

# Hours before the start, and how much of the price is refunded until then, in percent.
Tier = tuple[int, int]


class PolicyMaker(Protocol):
    """A person as far as making policies goes."""

    @property
    def is_admin(self) -> bool: ...


def may_decide(person: PolicyMaker) -> bool:
    """Admins decide which policies there are."""
    return person.is_admin


def may_retire(*, is_house: bool) -> bool:
    """Offerings that name none follow the house's, so there is always that one."""
    return not is_house


@dataclass(frozen=True)
class Terms:
    """One version of a policy as it is shown before paying; copied onto each booking.

    `tiers` in falling order of hours. What older copies do not name has its default here.
    """

    tiers: tuple[Tier, ...]
    grace_minutes: int
    dispute_window_hours: int
    request_hours: int
    reschedules: int = 1
    reschedule_hours: int = 4
    name: str = ""
    version: int = 0

    def as_json(self) -> dict[str, Any]:
        """For the booking's row."""
        return asdict(self) | {"tiers": [list(tier) for tier in self.tiers]}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Terms":
        """From the booking's row. Before policies had names it knew two tiers: all back, and half."""
        known = {field.name: kept[field.name] for field in fields(cls) if field.name in kept}
        tiers = kept.get("tiers") or [[kept["full_refund_hours"], 100], [kept["half_refund_hours"], 50]]
        return cls(**known | {"tiers": tuple((hours, percent) for hours, percent in tiers)})

    @property
    def full_refund_hours(self) -> int:
        """Until so many hours before the start everything is refunded."""
        return self.tiers[0][0]

    @property
    def label(self) -> str:
        """'Standard, version 2'; '' for what was sold before policies had names."""
        return f"{self.name}, version {self.version}" if self.version else ""

    def sentences(self) -> list[str]:
        """What a mentee reads before paying."""
        last = self.tiers[-1][0]
        said = [f"Cancel {spoken(self.full_refund_hours)} or more before: everything is refunded, fees included."]
        for (upper, _), (lower, percent) in pairwise(self.tiers):
            said.append(f"{_between(upper, lower)}: {part(percent)} is refunded.")
        said.append(
            "Later, or without coming: nothing is refunded." if last else "Without coming: nothing is refunded."
        )
        if self.grace_minutes:
            said.append(
                f"Changed your mind within {self.grace_minutes} minutes of booking, with the session more than "
                f"{spoken(self.full_refund_hours)} away: everything is refunded."
            )
        return [*said, "If the coach cancels or does not come, everything is refunded.", self._moving()]

    def _moving(self) -> str:
        if not self.reschedules:
            return "A session is moved to another time only if the coach proposes it."
        often = "once" if self.reschedules == 1 else f"{self.reschedules} times"
        return (
            f"Until {spoken(self.reschedule_hours)} before you may move it {often} to another free time, without "
            "paying again. What would have been refunded then is the most that is refunded later."
        )

    def refund(self, price_cents: int, *, starts_at: datetime, booked_at: datetime, now: datetime) -> tuple[int, str]:
        """What a mentee who cancels at `now` gets back of `price_cents`, and the sentence that says why."""
        ahead, all_back = starts_at - now, timedelta(hours=self.full_refund_hours)
        if ahead >= all_back:
            return price_cents, f"It is {spoken(self.full_refund_hours)} or more away: everything is refunded."
        in_grace = now - booked_at <= timedelta(minutes=self.grace_minutes)
        if in_grace and starts_at - booked_at > all_back:
            return price_cents, f"You booked less than {self.grace_minutes} minutes ago: everything is refunded."
        upper = self.full_refund_hours
        for lower, percent in self.tiers[1:]:
            if ahead >= timedelta(hours=lower):
                # The odd cent goes to the person who cancels.
                cents = split(price_cents, [percent, 100 - percent])[0]
                return cents, f"It is less than {spoken(upper)} away: {part(percent)} is refunded."
            upper = lower
        return 0, f"It is less than {spoken(upper)} away: nothing is refunded."


def spoken(hours: int) -> str:
    """'1 hour', '48 hours', '7 days'."""
    if hours >= 72 and hours % 24 == 0:
        return f"{hours // 24} days"
    return "1 hour" if hours == 1 else f"{hours} hours"


def _between(upper: int, lower: int) -> str:
    if not lower:
        return f"From {spoken(upper)} before until it starts"
    both = spoken(upper).endswith("hours") and spoken(lower).endswith("hours")
    return f"Between {upper if both else spoken(upper)} and {spoken(lower)} before"


def part(percent: int) -> str:
    """A part of the price as people say it."""
    return {0: "nothing", 50: "half", 100: "everything"}.get(percent, f"{percent} %")


def name_problem(name: str) -> str | None:
    """What is wrong with a name."""
    if not name:
        return "Give it a name."
    if len(name) > LONGEST_NAME:
        return f"Keep the name within {LONGEST_NAME} characters."
    if not name.isprintable():
        return "Write the name without control characters."
    return None


def problems(*, tiers: Sequence[Tier], grace_minutes: int, reschedules: int, reschedule_hours: int) -> dict[str, str]:
    """What is wrong with what a version would say, by field."""
    found = {}
    if wrong := _tiers_problem(tiers):
        found["tiers"] = wrong
    bounds = (
        ("grace_minutes", grace_minutes, GRACE_MINUTES, "minutes"),
        ("reschedules", reschedules, RESCHEDULES, "moves"),
        ("reschedule_hours", reschedule_hours, HOURS, "hours"),
    )
    for name, value, (least, most), unit in bounds:
        if not least <= value <= most:
            found[name] = f"Write a number of {unit} from {least} to {most}."
    return found


def _tiers_problem(tiers: Sequence[Tier]) -> str | None:
    hours, percents = [tier[0] for tier in tiers], [tier[1] for tier in tiers]
    if not tiers or percents[0] != 100:
        return "Begin with the hours until which everything, 100 %, is refunded."
    if len(tiers) > MOST_TIERS:
        return f"Use at most {MOST_TIERS} steps."
    if not all(HOURS[0] <= each <= HOURS[1] for each in hours):
        return f"Write hours from {HOURS[0]} to {HOURS[1]}."
    if not all(0 < each <= 100 for each in percents):
        return "Write percents from 1 to 100; after the last step nothing is refunded."
    falling = all(a > b for a, b in pairwise(hours))
    if not falling or not all(a > b for a, b in pairwise(percents)):
        return "Each step is nearer to the session than the one before and refunds less."
    return None
