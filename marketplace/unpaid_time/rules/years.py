"""A year: what was asked for, what became of it, what an hour of work came to. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from marketplace.asks.rules import states
from marketplace.languages import lazy_gettext as _l
from marketplace.unpaid_time.rules.minutes import GIVEN, KINDS, PREPARATION

PAID, FREE, DECLINED, NO_ANSWER, WITHDRAWN, WAITING = "paid", "given", "declined", "no_answer", "withdrawn", "waiting"
OUTCOMES = {
    PAID: _l("became paid"),
    FREE: _l("given"),
    DECLINED: _l("declined"),
    NO_ANSWER: _l("without an answer in time"),
    WITHDRAWN: _l("withdrawn"),
    WAITING: _l("still waiting"),
}
BY_STATE = {
    states.BOOKED: PAID,
    states.ANSWERED: FREE,
    states.DECLINED: DECLINED,
    states.LAPSED: NO_ANSWER,
    states.WITHDRAWN: WITHDRAWN,
    states.OPEN: WAITING,
    states.QUOTED: WAITING,
}


@dataclass(frozen=True)
class Sum:
    """Minutes and what they are worth, or brought, in cents by currency. Sums of sums lose neither."""

    minutes: int = 0
    cents: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: "Sum") -> "Sum":
        cents = dict(self.cents)
        for currency, more in other.cents.items():
            cents[currency] = cents.get(currency, 0) + more
        return Sum(self.minutes + other.minutes, cents)

    @classmethod
    def of(cls, minutes: int, cents: int, currency: str) -> "Sum":
        """A sum in one currency."""
        return cls(minutes, {currency: cents})


def total(sums: Iterable[Sum]) -> Sum:
    """All of them as one."""
    return sum(sums, Sum())


@dataclass(frozen=True)
class AskedFor:
    """Asks of one state: how many minutes were asked for, at which prices."""

    status: str
    sum: Sum


@dataclass(frozen=True)
class Held:
    """Paid sessions of one month: their minutes, and what the coach has of them after our fee."""

    month: int
    sum: Sum


@dataclass(frozen=True)
class Unpaid:
    """Unpaid minutes of one kind in one month, with their value."""

    month: int
    kind: str
    sum: Sum


@dataclass(frozen=True)
class CoachYear:
    """One year of a coach. Each minute that was asked for is in one outcome, each unpaid one in one kind and month."""

    number: int
    asked: Sum
    outcomes: Mapping[str, Sum]
    sessions: Sum
    kinds: Mapping[str, Sum]
    session_months: tuple[Sum, ...]
    unpaid_months: tuple[Sum, ...]
    received: Sum

    @property
    def unpaid(self) -> Sum:
        """All unpaid minutes, preparation among them."""
        return total(self.kinds.values())

    @property
    def given(self) -> Sum:
        """The unpaid minutes of which somebody had something."""
        return total(self.kinds[kind] for kind in GIVEN)

    @property
    def preparation(self) -> Sum:
        """Unpaid preparation."""
        return self.kinds[PREPARATION]

    @property
    def worked_minutes(self) -> int:
        """Sessions, preparation and all other unpaid time."""
        return self.sessions.minutes + self.unpaid.minutes

    def hourly_cents(self) -> dict[str, int]:
        """What was earned for an hour of all that work, by currency; nothing where no minute was worked."""
        return {
            currency: hourly_cents(cents, self.worked_minutes)
            for currency, cents in self.sessions.cents.items()
            if self.worked_minutes > 0
        }


def hourly_cents(cents: int, minutes: int) -> int:
    """Cents an hour, rounded to the nearest, a half up; ValueError without minutes."""
    if minutes <= 0:
        raise ValueError("no hour was worked")
    return (2 * cents * 60 + minutes) // (2 * minutes)


def coach_year(
    number: int, *, asked: Iterable[AskedFor], held: Iterable[Held], unpaid: Iterable[Unpaid], received: Sum
) -> CoachYear:
    """Put a year together."""
    outcomes = dict.fromkeys(OUTCOMES, Sum())
    for asks in asked:
        outcomes[BY_STATE[asks.status]] += asks.sum
    sessions, spent, kinds = [Sum()] * 12, [Sum()] * 12, dict.fromkeys(KINDS, Sum())
    for session in held:
        sessions[session.month - 1] += session.sum
    for entry in unpaid:
        spent[entry.month - 1] += entry.sum
        kinds[entry.kind] += entry.sum
    return CoachYear(
        number=number,
        asked=total(outcomes.values()),
        outcomes=outcomes,
        sessions=total(sessions),
        kinds=kinds,
        session_months=tuple(sessions),
        unpaid_months=tuple(spent),
        received=received,
    )
