"""Stripe's v1 parameter encoding: `a[b]=x`, `a[0][b]=x` as the SDK writes it, `a[]=x` as the CLI does."""

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
        for part in path[:-1]:
            node = node.setdefault(part or f"#{len(node)}", {})
            if not isinstance(node, dict):
                raise StripeError(f"Invalid parameter: {key}", code="parameter_unknown", param=key, stored=False)
        node[path[-1] or f"#{len(node)}"] = value
    return {name: _listed(value) for name, value in tree.items()}


def _listed(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    if all(name.isdigit() or name.startswith("#") for name in node):
        order = sorted(node, key=lambda name: int(name.lstrip("#")))
        return [_listed(node[name]) for name in order]
    return {name: _listed(value) for name, value in node.items()}
