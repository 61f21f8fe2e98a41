"""What a policy may say and how it reads. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Protocol

from marketplace.languages import gettext as _
from marketplace.languages import ngettext
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
        return _("%(policy)s, version %(version)s", policy=self.name, version=self.version) if self.version else ""

    def sentences(self) -> list[str]:
        """What a mentee reads before paying."""
        last = self.tiers[-1][0]
        full = spoken(self.full_refund_hours)
        said = [_("Cancel %(time)s or more before: everything is refunded, fees included.", time=full)]
        for (upper, _before), (lower, percent) in pairwise(self.tiers):
            said.append(_between(upper, lower, percent))
        said.append(
            _("Later, or without coming: nothing is refunded.") if last else _("Without coming: nothing is refunded.")
        )
        if self.grace_minutes:
            said.append(
                ngettext(
                    "Changed your mind within %(num)s minute of booking, with the session more than %(time)s away: "
                    "everything is refunded.",
                    "Changed your mind within %(num)s minutes of booking, with the session more than %(time)s away: "
                    "everything is refunded.",
                    self.grace_minutes,
                    time=full,
                )
            )
        return [
            *said,
            _("If the coach cancels or does not come, everything is refunded."),
            self._moving(self.reschedules),
        ]

    def sentences_left(self, *, starts_at: datetime, booked_at: datetime, now: datetime, moves: int) -> list[str]:
        """The same of a session that was booked, without what can not be done any more; `moves` were made."""
        ahead, all_back = starts_at - now, timedelta(hours=self.full_refund_hours)
        whole = self.sentences()
        tiers = [all_back, *(timedelta(hours=lower) for lower, _percent in self.tiers[1:])]
        said = [sentence for sentence, until in zip(whole, tiers, strict=False) if ahead >= until]
        said.append(whole[len(tiers)])
        grace = timedelta(minutes=self.grace_minutes)
        if self.grace_minutes and now - booked_at <= grace and starts_at - booked_at > all_back:
            said.append(whole[len(tiers) + 1])
        in_time = ahead >= timedelta(hours=self.reschedule_hours)
        return [*said, whole[-2], self._moving(max(0, self.reschedules - moves) if in_time else 0)]

    def _moving(self, left: int) -> str:
        if not left:
            return _("A session is moved to another time only if the coach proposes it.")
        return ngettext(
            "Until %(time)s before you may move it once to another free time, without paying again. What would have "
            "been refunded then is the most that is refunded later.",
            "Until %(time)s before you may move it %(num)s times to another free time, without paying again. What "
            "would have been refunded then is the most that is refunded later.",
            left,
            time=spoken(self.reschedule_hours),
        )

    def refund(self, price_cents: int, *, starts_at: datetime, booked_at: datetime, now: datetime) -> tuple[int, str]:
        """What a mentee who cancels at `now` gets back of `price_cents`, and the sentence that says why."""
        ahead, all_back = starts_at - now, timedelta(hours=self.full_refund_hours)
        if ahead >= all_back:
            full = spoken(self.full_refund_hours)
            return price_cents, _("It is %(time)s or more away: everything is refunded.", time=full)
        in_grace = now - booked_at <= timedelta(minutes=self.grace_minutes)
        if in_grace and starts_at - booked_at > all_back:
            return price_cents, ngettext(
                "You booked less than %(num)s minute ago: everything is refunded.",
                "You booked less than %(num)s minutes ago: everything is refunded.",
                self.grace_minutes,
            )
        upper = self.full_refund_hours
        for lower, percent in self.tiers[1:]:
            if ahead >= timedelta(hours=lower):
                # The odd cent goes to the person who cancels.
                cents = split(price_cents, [percent, 100 - percent])[0]
                return cents, _(
                    "It is less than %(time)s away: %(part)s is refunded.", time=spoken(upper), part=part(percent)
                )
            upper = lower
        return 0, _("It is less than %(time)s away: nothing is refunded.", time=spoken(upper))


def spoken(hours: int) -> str:
    """'1 hour', '48 hours', '7 days'."""
    if _in_days(hours):
        return ngettext("%(num)s day", "%(num)s days", hours // 24)
    return ngettext("%(num)s hour", "%(num)s hours", hours)


def _in_days(hours: int) -> bool:
    return hours >= 72 and hours % 24 == 0


def _between(upper: int, lower: int, percent: int) -> str:
    if not lower:
        return _("From %(time)s before until it starts: %(part)s is refunded.", time=spoken(upper), part=part(percent))
    both = lower > 1 and not _in_days(upper) and not _in_days(lower)
    return _(
        "Between %(upper)s and %(lower)s before: %(part)s is refunded.",
        upper=upper if both else spoken(upper),
        lower=spoken(lower),
        part=part(percent),
    )


def part(percent: int) -> str:
    """A part of the price as people say it."""
    if percent in {0, 50, 100}:
        return {0: _("nothing"), 50: _("half"), 100: _("everything")}[percent]
    return _("%(percent)s %%", percent=percent)


def name_problem(name: str) -> str | None:
    """What is wrong with a name."""
    if not name:
        return _("Give it a name.")
    if len(name) > LONGEST_NAME:
        return _("Keep the name within %(most)s characters.", most=LONGEST_NAME)
    if not name.isprintable():
        return _("Write the name without control characters.")
    return None


def problems(*, tiers: Sequence[Tier], grace_minutes: int, reschedules: int, reschedule_hours: int) -> dict[str, str]:
    """What is wrong with what a version would say, by field."""
    found = {}
    if wrong := _tiers_problem(tiers):
        found["tiers"] = wrong
    if not _within(grace_minutes, GRACE_MINUTES):
        found["grace_minutes"] = _("Write a number of minutes from %(least)s to %(most)s.", **_bounds(GRACE_MINUTES))
    if not _within(reschedules, RESCHEDULES):
        found["reschedules"] = _("Write a number of moves from %(least)s to %(most)s.", **_bounds(RESCHEDULES))
    if not _within(reschedule_hours, HOURS):
        found["reschedule_hours"] = _("Write a number of hours from %(least)s to %(most)s.", **_bounds(HOURS))
    return found


def _within(value: int, bounds: tuple[int, int]) -> bool:
    return bounds[0] <= value <= bounds[1]


def _bounds(bounds: tuple[int, int]) -> dict[str, int]:
    return {"least": bounds[0], "most": bounds[1]}


def _tiers_problem(tiers: Sequence[Tier]) -> str | None:
    hours, percents = [tier[0] for tier in tiers], [tier[1] for tier in tiers]
    if not tiers or percents[0] != 100:
        return _("Begin with the hours until which everything, 100 %%, is refunded.")
    if len(tiers) > MOST_TIERS:
        return _("Use at most %(most)s steps.", most=MOST_TIERS)
    if not all(HOURS[0] <= each <= HOURS[1] for each in hours):
        return _("Write hours from %(least)s to %(most)s.", **_bounds(HOURS))
    if not all(0 < each <= 100 for each in percents):
        return _("Write percents from 1 to 100; after the last step nothing is refunded.")
    falling = all(a > b for a, b in pairwise(hours))
    if not falling or not all(a > b for a, b in pairwise(percents)):
        return _("Each step is nearer to the session than the one before and refunds less.")
    return None
