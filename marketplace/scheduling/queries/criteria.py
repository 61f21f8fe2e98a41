"""What a search looks for, as parameters of its statements."""

from dataclasses import dataclass
from typing import Any

from marketplace.coaches import rules as coach_rules
from marketplace.coaches.directory.queries import DirectoryCriteria
from marketplace.coaches.spoken_languages.rules import language_code


@dataclass(frozen=True)
class SearchCriteria(DirectoryCriteria):
    """What is looked for: a coach, and sessions of exactly `minutes`; None: anything."""

    minutes: int | None = None

    def parameters(self) -> dict[str, Any]:
        """Parameters of `sql/search.sql`; null where anything will do."""
        return {
            "kind": self.kind,
            "topic": coach_rules.topic(self.topic) if self.topic else None,
            "language": (language_code(self.language) or self.language) if self.language else None,
            "text": (self.text or "").strip() or None,
            "currency": self.currency,
            "max_price_cents": self.max_price_cents,
            "minutes": self.minutes,
        }
