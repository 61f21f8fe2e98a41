"""From what is stored to what Stripe answers: computed fields, `expand`, nothing private."""

from collections.abc import Callable
from typing import Any

from .box import Sandbox
from .errors import StripeError
from .shapes import Obj

Renderer = Callable[[Sandbox, Obj], Obj]
Tree = dict[str, Any]

_COMPUTED: dict[str, Renderer] = {}
_INCLUDED: dict[tuple[str, str], Renderer] = {}


def computed(kind: str) -> Callable[[Renderer], Renderer]:
    """Register fields of a kind that are worked out at each reading; they are laid over the kept ones."""

    def register(function: Renderer) -> Renderer:
        _COMPUTED[kind] = function
        return function

    return register


def included(kind: str, field: str) -> Callable[[Renderer], Renderer]:
    """Register a field that is absent unless expanded, such as a session's `line_items`."""

    def register(function: Renderer) -> Renderer:
        _INCLUDED[kind, field] = function
        return function

    return register


def render(box: Sandbox, obj: Obj, expand: list[str] | None = None) -> Obj:
    """The object as Stripe shows it, with the paths of `expand` replaced by what their ids name."""
    return _expanded(box, _shown(box, obj), obj, _tree(expand or []), "")


def _shown(box: Sandbox, obj: Obj) -> Obj:
    kind = str(obj.get("object", ""))
    # An account is kept in its v2 form; wherever v1 shows one it has another shape altogether.
    fields = {} if kind == "v2.core.account" else {k: v for k, v in obj.items() if not k.startswith("_")}
    return fields | _COMPUTED[kind](box, obj) if kind in _COMPUTED else fields


def _tree(paths: list[str]) -> Tree:
    tree: Tree = {}
    for path in paths:
        node = tree
        for part in path.split("."):
            node = node.setdefault(part, {})
    return tree


def _expanded(box: Sandbox, shown: Obj, kept: Obj, tree: Tree, path: str) -> Obj:
    for name, inner in tree.items():
        where = f"{path}.{name}" if path else name
        include = _INCLUDED.get((str(kept.get("object")), name))
        value = include(box, kept) if include else shown.get(name)
        if name not in shown and not include:
            raise StripeError(f"This property cannot be expanded ({where}).", param="expand", stored=False)
        if isinstance(value, list):
            shown[name] = [_expanded(box, item, item, inner, where) for item in value]
        elif isinstance(value, dict):
            shown[name] = _expanded(box, value, value, inner, where)
        elif value is not None:
            found = box.store.any(value) if isinstance(value, str) else None
            if found is None:
                raise StripeError(f"This property cannot be expanded ({where}).", param="expand", stored=False)
            shown[name] = _expanded(box, _shown(box, found), found, inner, where)
    return shown


def list_of(data: list[Obj], url: str, has_more: bool = False) -> Obj:
    """Stripe's v1 list."""
    return {"object": "list", "data": data, "has_more": has_more, "url": url}
