"""What is looked for, as SQL on the offerings that can be found."""

from dataclasses import dataclass
from typing import Any

from marketplace.coaches import queries as coaches
from marketplace.coaches import rules as coach_rules

WITH_TOPIC = "l.topics @> :topics"


@dataclass(frozen=True)
class Wish:
    """What is looked for; None: anything. Prices are minor units of `currency`, sessions last exactly `minutes`."""

    kind: str | None = None
    topic: str | None = None
    language: str | None = None
    text: str | None = None
    currency: str | None = None
    max_price_cents: int | None = None
    minutes: int | None = None

    def conditions(self) -> dict[str, dict[str, Any]]:
        """SQL on `l`, a listed offering, each with what it is bound to."""
        return self.of_offerings() | self._of_coaches()

    def listed(self) -> tuple[str, dict[str, dict[str, Any]]]:
        """The table in which what fits is found soonest, and SQL on `l`, a row of it."""
        conditions = self.conditions()
        if not self.topic:
            return "listed_offerings", conditions
        del conditions[WITH_TOPIC]
        return "listed_topics", {"l.topic = :topic": {"topic": coach_rules.topic(self.topic)}, **conditions}

    def of_offerings(self) -> dict[str, dict[str, Any]]:
        """Those of them that ask nothing of the coach: `l` may be any offering."""
        wanted: dict[str, dict[str, Any]] = {
            "l.kind = :kind": {"kind": self.kind},
            "l.minutes = :minutes": {"minutes": self.minutes},
            "l.currency = :currency": {"currency": self.currency},
            "l.price_cents <= :max_price_cents": {"max_price_cents": self.max_price_cents},
        }
        return {condition: bound for condition, bound in wanted.items() if None not in bound.values()}

    def _of_coaches(self) -> dict[str, dict[str, Any]]:
        wanted: dict[str, dict[str, Any]] = {}
        if self.topic:
            wanted[WITH_TOPIC] = {"topics": [coach_rules.topic(self.topic)]}
        if self.language:
            code = coach_rules.language_code(self.language) or self.language
            wanted["l.languages @> :languages"] = {"languages": [code]}
        for number, word in enumerate((self.text or "").split()):
            said = f"c.words @@ to_tsquery('simple', :begins_{number}) or :word_{number} <% c.names"
            bound = {f"begins_{number}": coaches.beginning(word), f"word_{number}": word.lower()}
            wanted[f"l.coach_id in (select c.id from coaches c where {said})"] = bound  # noqa: S608  all is bound
        return wanted

    @property
    def is_about_coaches(self) -> bool:
        """Does it ask for something that an index tells of coaches?"""
        return bool(self._of_coaches())
