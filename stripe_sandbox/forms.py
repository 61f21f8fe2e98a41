"""Stripe's v1 parameter encoding: `a[b]=x`, `a[0][b]=x` as the SDK, `a[]=x` as the CLI."""

import re
from collections.abc import Iterable
from typing import Any

from .errors import StripeError

_KEY = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_PART = re.compile(r"\[([^\[\]]*)\]")


def decode(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Nest `pairs`: indexed and bare brackets become lists, the others dicts; leaves stay strings."""
    tree: dict[str, Any] = {}
    for key, value in pairs:
        match = _KEY.match(key)
        if match is None:
            raise StripeError(f"Invalid parameter name: {key}", code="parameter_unknown", param=key, stored=False)
        node = tree
        path = [match[1], *_PART.findall(match[2])]
        for depth, part in enumerate(path[:-1], 1):
            node = node.setdefault(part or _place(node, path[depth:]), {})
            if not isinstance(node, dict):
                raise StripeError(f"Invalid parameter: {key}", code="parameter_unknown", param=key, stored=False)
        node[path[-1] or f"#{len(node)}"] = value
    return {name: _listed(value) for name, value in tree.items()}


def _place(items: dict[str, Any], rest: list[str]) -> str:
    """Which item `[]` means: the last one until it has what `rest` names, then a new one; as Rack reads forms."""
    last, fresh = f"#{len(items) - 1}", f"#{len(items)}"
    node = items.get(last)
    if not isinstance(node, dict):
        return fresh
    for part in rest:
        if not part:
            return last
        if not isinstance(node, dict):
            return fresh
        if part not in node:
            return last
        node = node[part]
    return fresh


def _listed(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    if all(name.isdigit() or name.startswith("#") for name in node):
        order = sorted(node, key=lambda name: int(name.lstrip("#")))
        return [_listed(node[name]) for name in order]
    return {name: _listed(value) for name, value in node.items()}
