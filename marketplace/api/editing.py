"""`ETag` and `If-Match`: an edit changes the version that was read (RFC 9110 13.1.1)."""

from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from typing import Any, ParamSpec

from flask import request
from marshmallow import Schema

from marketplace import edits
from marketplace.errors import VersionNeeded
from marketplace.http import actor

P = ParamSpec("P")


class Editable:
    """A resource of one person that is read and edited: how it is shown, and its present state by its path."""

    def __init__(self, schema: type[Schema], current: Callable[..., Any]) -> None:
        self._schema, self._current = schema, current

    def shown(self, view: Callable[P, Any]) -> Callable[P, Any]:
        """A GET whose answer carries the `ETag`. Stands below `bp.response`."""

        @wraps(view)
        def tagged(*args: P.args, **kwargs: P.kwargs) -> Any:
            # Read first: what is changed meanwhile is shown under a tag that does not fit any more, and is refused.
            found = edits.tag(self._dumped(**kwargs))
            return view(*args, **kwargs), {"ETag": f'"{found}"'}

        return tagged

    def edited(self, view: Callable[P, Any]) -> Callable[P, Any]:
        """A PUT or PATCH that wants `If-Match`; raises VersionNeeded, Outdated. Stands below `bp.response`."""

        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
            if "If-Match" not in request.headers:
                # What one may not see is not there, whichever headers come with it.
                self._dumped(**kwargs)
                raise VersionNeeded
            wanted = request.if_match
            answer, shown = edits.edit(
                actor().id,
                current=lambda: self._dumped(**kwargs),
                changed=lambda now: [] if wanted.contains(edits.tag(now)) else list(now),
                change=lambda: view(*args, **kwargs),
            )
            return answer, {"ETag": f'"{edits.tag(shown)}"'}

        _document(guarded)
        return guarded

    def _dumped(self, **path: Any) -> dict[str, Any]:
        shown: dict[str, Any] = self._schema().dump(self._current(**path))
        return shown


def _document(view: Any) -> None:
    view._apidoc = deepcopy(getattr(view, "_apidoc", {}))
    header = {
        "in": "header",
        "name": "If-Match",
        "required": True,
        "schema": {"type": "string"},
        "description": "The `ETag` of what you read, or * to replace whatever is there.",
    }
    view._apidoc.setdefault("manual_doc", {}).setdefault("parameters", []).append(header)
