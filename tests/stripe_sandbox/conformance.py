"""Whether what the sandbox says has the shape of the SDK's resource classes: required fields present, types right,
nothing unknown. Nothing else pins the sandbox to the truth here."""

import ast
import importlib
import inspect
import sys
import typing
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, ForwardRef, Literal, Union

import stripe
from stripe._object_classes import OBJECT_CLASSES, V2_OBJECT_CLASSES
from stripe.events._event_classes import _V2_EVENT_CLASS_LOOKUP

Obj = dict[str, Any]


def violations(obj: Obj) -> list[str]:
    """What is wrong with a response body or event, each with its path; empty when all is well."""
    return list(_object(obj, str(obj.get("object"))))


def _object(obj: Obj, path: str) -> typing.Iterator[str]:
    kind = obj.get("object")
    if obj.get("deleted"):
        if set(obj) != {"id", "object", "deleted"}:
            yield f"{path}: a deleted object has only its id"
        return
    if kind == "list" or (kind is None and "next_page_url" in obj):
        known = {"object", "data", "has_more", "url"} if kind else {"data", "next_page_url", "previous_page_url"}
        if set(obj) != known:
            yield f"{path}: fields {sorted(set(obj) ^ known)} of a list"
        for index, item in enumerate(obj["data"]):
            yield from _object(item, f"{path}[{index}]")
        return
    found = _class_of(obj)
    if found is None:
        yield f"{path}: no resource class for {kind!r}"
        return
    yield from _fields(obj, found, path)
    if kind == "event":
        yield from _object(obj["data"]["object"], f"{path}.data.object")


def _class_of(obj: Obj) -> type | None:
    kind = str(obj.get("object"))
    if kind == "v2.core.event":
        place = _V2_EVENT_CLASS_LOOKUP.get(obj["type"])
    else:
        place = OBJECT_CLASSES.get(kind) or V2_OBJECT_CLASSES.get(kind)
    return getattr(importlib.import_module(place[0]), place[1]) if place else None


@cache
def _known(resource: type) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for base in reversed(resource.__mro__):
        for name, hint in inspect.get_annotations(base).items():
            if not name.startswith("_") and typing.get_origin(hint) is not typing.ClassVar and name != "LOOKUP_TYPE":
                found[name] = hint
    return found


def _fields(obj: Obj, resource: type, path: str) -> typing.Iterator[str]:
    known = _known(resource)
    for name in sorted(set(obj) - set(known)):
        yield f"{path}.{name}: unknown to {resource.__qualname__}"
    for name, hint in known.items():
        if name in obj:
            yield from _value(obj[name], hint, f"{path}.{name}", resource)
        elif type(None) not in typing.get_args(hint):
            yield f"{path}.{name}: missing"


@cache
def _imports(module: str) -> dict[str, tuple[str, str]]:
    """Where a module of the SDK imports each name from, for type checkers too."""
    tree = ast.parse(Path(str(sys.modules[module].__file__)).read_text())
    return {
        alias.asname or alias.name: (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def _resolved(hint: Any, owner: type) -> Any:
    """Names that only type checkers import, such as "BalanceTransaction"."""
    name = hint.__forward_arg__ if isinstance(hint, ForwardRef) else hint
    if not isinstance(name, str):
        return hint
    if name in vars(sys.modules[owner.__module__]):
        return vars(sys.modules[owner.__module__])[name]
    place, original = _imports(owner.__module__)[name]
    return getattr(importlib.import_module(place), original)


def _value(value: Any, hint: Any, path: str, owner: type) -> typing.Iterator[str]:  # noqa: PLR0911, PLR0912
    hint = _resolved(hint, owner)
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return
    if origin is Union:
        # "Literal[...] | str" is open to later versions only; of this version the list is whole.
        closed = any(typing.get_origin(arg) is Literal for arg in args)
        options = [arg for arg in args if not (closed and arg is str) and (value is None or arg is not type(None))]
        found = [list(_value(value, option, path, owner)) for option in options]
        if all(found):
            # Of the alternatives, the one that fits best tells the most.
            yield from min(found, key=len)
        return
    if origin is Literal:
        if value not in args:
            yield f"{path}: {value!r} is none of {args}"
        return
    if origin is list:
        if not isinstance(value, list):
            yield f"{path}: {value!r} is no list"
            return
        for index, item in enumerate(value):
            yield from _value(item, args[0], f"{path}[{index}]", owner)
        return
    kind = origin or hint
    if kind is type(None):
        if value is not None:
            yield f"{path}: {value!r} is not null"
        return
    if isinstance(kind, type) and issubclass(kind, stripe.StripeObject):
        if not isinstance(value, dict):
            yield f"{path}: {value!r} is no {kind.__name__}"
        elif kind is stripe.ListObject or hasattr(kind, "OBJECT_NAME"):
            yield from _object(value, path)
        elif kind.__name__ != "UntypedStripeObject":
            yield from _fields(value, kind, path)
        return
    wanted = {float: (int, float), Decimal: (str,)}.get(kind, (kind,))
    if not isinstance(value, wanted) or (isinstance(value, bool) and kind is not bool):
        yield f"{path}: {value!r} is no {kind.__name__}"
