"""Forms that carry the version they were filled from, so that nothing typed is lost."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import request
from marshmallow import Schema

from marketplace import edits
from marketplace.errors import Invalid, Outdated
from marketplace.http import actor
from marketplace.languages import gettext as _

FIELD = "version"


class EditForm:
    """The form of something that one person reads and edits: how it is shown, and its present state by its path."""

    def __init__(self, schema: Callable[[], Schema], current: Callable[..., Any]) -> None:
        self._schema, self._current = schema, current

    def version(self, **path: Any) -> str:
        """What the hidden field `version` carries."""
        return edits.version(self._shown(**path))

    def save(self, change: Callable[[], Any], **path: Any) -> Any:
        """What `change` answers, if nothing was changed since the form was loaded; raises Outdated."""
        seen = request.form.get(FIELD, "")
        answer, _ = edits.edit(
            actor().id,
            current=lambda: self._shown(**path),
            changed=lambda now: edits.changed_since(seen, now),
            change=change,
        )
        return answer

    def _shown(self, **path: Any) -> dict[str, Any]:
        shown: dict[str, Any] = self._schema().dump(self._current(**path))
        return shown


def told(refusal: Invalid | Outdated) -> dict[str, Any]:
    """What the page shows then: the errors by field, and the version that a further try changes.

    After Outdated that is the present one: who saves again has read what the others wrote.
    """
    if isinstance(refusal, Invalid):
        return {"errors": refusal.fields, FIELD: request.form.get(FIELD, "")}
    said = {name: [_sentence(refusal.shown[name])] for name in refusal.changed}
    return {"errors": {"form": [refusal.sentence]} | said, FIELD: edits.version(refusal.shown)}


def _sentence(value: Any) -> str:
    return _(
        "It was changed meanwhile to “%(value)s”. What you typed is kept; saving again replaces it.",
        value=_words(value),
    )


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(_words(part) for part in value.values())
    if isinstance(value, list):
        return ", ".join(_words(part) for part in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _("nothing") if value in (None, "") else str(value)
