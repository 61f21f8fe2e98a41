"""Fields that are left out of answers and events: what may be null may as well be absent."""

from dataclasses import dataclass
from typing import Any

# What people wrote, and what a field was before: null says something there.
_KEPT_WHOLE = frozenset({"metadata", "previous_attributes"})
# The SDK tells a list of v2 by it.
_ALWAYS = frozenset({"next_page_url"})


@dataclass(frozen=True)
class Absences:
    """What is left out: every null, and fields by their path from an object's name (`charge.outcome.reason`)."""

    nulls: bool = False
    fields: frozenset[str] = frozenset()

    def applied(self, shown: Any) -> Any:
        """What is shown, without what is left out."""
        return self._without(shown, "") if self.nulls or self.fields else shown

    def _without(self, shown: Any, path: str) -> Any:
        if isinstance(shown, list):
            return [self._without(one, path) for one in shown]
        if not isinstance(shown, dict):
            return shown
        path = shown["object"] if isinstance(shown.get("object"), str) else path
        kept = {}
        for name, value in shown.items():
            here = f"{path}.{name}"
            if name not in _ALWAYS and (here in self.fields or (value is None and self.nulls)):
                continue
            kept[name] = value if name in _KEPT_WHOLE else self._without(value, here)
        return kept
