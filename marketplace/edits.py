"""Edits that are never lost: each names the version that it changes, one at a time."""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy import func, inspect, select

from marketplace.db import session, transactional
from marketplace.errors import Outdated

R = TypeVar("R")
Shown = Mapping[str, Any]


def tag(shown: Shown) -> str:
    """A name of what is shown: the same for the same values, another for any other (RFC 9110 8.8.3, strong)."""
    return hashlib.sha256(_written(shown).encode()).hexdigest()[:32]


def version(shown: Shown) -> str:
    """The same by field, for a form to carry: what differs later can be told by its name."""
    return ",".join(f"{name}:{digest}" for name, digest in _digests(shown).items())


def changed_since(seen: str, shown: Shown) -> list[str]:
    """Which fields are shown otherwise now than in the `version` that was seen; all of them if it is none."""
    known = dict(part.split(":", 1) for part in seen.split(",") if ":" in part)
    return [name for name, digest in _digests(shown).items() if known.get(name) != digest]


def _digests(shown: Shown) -> dict[str, str]:
    return {name: hashlib.sha256(_written(value).encode()).hexdigest()[:10] for name, value in shown.items()}


def _written(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


@transactional
def edit(
    person_id: uuid.UUID,
    *,
    current: Callable[[], Shown],
    changed: Callable[[Shown], list[str]],
    change: Callable[[], R],
) -> tuple[R, Shown]:
    """Run `change` on the version that was seen: what it answers, and what is shown from then on.

    `current` reads what is shown now, `changed` names what of it differs from what was seen. Raises Outdated, with
    those names and what is shown now, before anything is changed. Two edits of one person wait for each other.
    """
    session().execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"edit:{person_id}", 0))))
    # What was read before the lock may be another's by now.
    for thing in session():
        session().expire(thing, [column.key for column in inspect(thing).mapper.column_attrs])
    shown = current()
    if names := changed(shown):
        raise Outdated(changed=names, shown=shown)
    answer = change()
    session().flush()
    return answer, current()
