"""Requests against the SDK's own TypedDicts: what they do not know, Stripe does not know."""

import sys
import types
import typing
from functools import cache
from typing import Any, Literal, Union

import stripe
import typing_extensions

from .errors import StripeError, not_played
from .limits import too_long

# The SDK mixes its request options (key, account, version) into the v1 parameter types.
_OPTIONS = frozenset(stripe.RequestOptions.__annotations__)
_UNIONS = (Union, types.UnionType)


class _Mismatch(Exception):
    def __init__(self, param: str, code: str | None, message: str) -> None:
        super().__init__(message)
        self.error = StripeError(message, code=code, param=param, stored=False)


@cache
def fields_of(params: type) -> dict[str, Any]:
    """The fields of a TypedDict with their types resolved; names only type checkers see count as Any."""
    namespace = dict(vars(sys.modules[params.__module__]))
    while True:
        try:
            hints = typing_extensions.get_type_hints(params, globalns=namespace)
            return {name: hint for name, hint in hints.items() if name not in _OPTIONS}
        except NameError as unknown:
            name = str(unknown.name)
            # A few of the SDK's modules use a name of typing's without importing it.
            namespace[name] = getattr(typing, name, getattr(stripe, name, Any))


def checked(given: dict[str, Any], params: type, plays: frozenset[str], *, text: bool) -> dict[str, Any]:
    """`given` with its types made right, or a 400 that names the parameter.

    `params` is the SDK's TypedDict, `plays` the dotted paths this endpoint acts on (a path covers all below it),
    `text` whether leaves are strings to be read (v1 forms and query strings) or JSON.
    """
    try:
        result: dict[str, Any] = _table(given, params, "", text)
    except _Mismatch as mismatch:
        raise mismatch.error from None
    _refuse_unplayed(result, "", plays | {"expand", "include", "limit", "starting_after", "ending_before"})
    return result


def _refuse_unplayed(value: Any, path: str, plays: frozenset[str]) -> None:
    if path in plays:
        return
    if isinstance(value, list) and path:
        for item in value:
            _refuse_unplayed(item, path, plays)
    elif isinstance(value, dict) and (not path or any(play.startswith(path + ".") for play in plays)):
        for name, inner in value.items():
            _refuse_unplayed(inner, f"{path}.{name}" if path else name, plays)
    else:
        raise not_played(_bracketed(path))


def _bracketed(path: str) -> str:
    first, *rest = path.split(".")
    return first + "".join(f"[{part}]" for part in rest)


def _table(value: Any, params: type, path: str, text: bool) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Mismatch(path, "parameter_invalid_object", f"Invalid object: {path} must be a hash.")
    fields = fields_of(params)
    result = {}
    for name, inner in value.items():
        where = f"{path}[{name}]" if path else name
        if name not in fields:
            raise _Mismatch(where, "parameter_unknown", f"Received unknown parameter: {where}")
        result[name] = _value(inner, fields[name], where, text)
    for name in sorted(getattr(params, "__required_keys__", ())):
        if name in fields and name not in value:
            where = f"{path}[{name}]" if path else name
            raise _Mismatch(where, "parameter_missing", f"Missing required param: {where}.")
    return result


def _value(value: Any, hint: Any, path: str, text: bool) -> Any:  # noqa: PLR0911
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return value
    if origin in _UNIONS:
        return _union(value, args, path, text)
    if origin is Literal:
        if value in args:
            return value
        choices = ", ".join(str(choice) for choice in args)
        raise _Mismatch(path, None, f"Invalid {path}: must be one of {choices}")
    if typing_extensions.is_typeddict(hint):
        return _table(value, hint, path, text)
    if origin is list:
        return _list(value, args[0], path, text)
    if origin is dict:
        if not isinstance(value, dict):
            raise _Mismatch(path, "parameter_invalid_object", f"Invalid object: {path} must be a hash.")
        # Inside a map an empty value unsets its key, so it is no mistake.
        return {k: v if v == "" else _value(v, args[1], f"{path}[{k}]", text) for k, v in value.items()}
    return _leaf(value, hint, path, text)


def _is_resource(hint: Any) -> bool:
    """The SDK also takes its own objects where a map is wanted; on the wire there are only maps."""
    kind = typing.get_origin(hint) or hint
    return isinstance(kind, type) and issubclass(kind, stripe.StripeObject)


def _union(value: Any, args: tuple[Any, ...], path: str, text: bool) -> Any:
    options = [arg for arg in args if arg is not type(None) and not _is_resource(arg)]
    if value is None and type(None) in args:
        return None
    literals = [arg for arg in options if typing.get_origin(arg) is Literal]
    if any(set(typing.get_args(arg)) - {""} for arg in literals):
        # "Literal[...] | str" leaves the door open for later versions; of this version the list is whole.
        options = [arg for arg in options if arg is not str]
    options.sort(key=lambda arg: 0 if arg in (int, float, bool) or typing.get_origin(arg) is Literal else 1)
    failures = []
    for option in options:
        try:
            return _value(value, option, path, text)
        except _Mismatch as mismatch:
            failures.append(mismatch)
    # The alternative that got furthest into the value tells the most.
    raise max(failures, key=lambda mismatch: len(str(mismatch.error.error["param"])))


def _list(value: Any, item: Any, path: str, text: bool) -> list[Any]:
    if not isinstance(value, list):
        raise _Mismatch(path, "parameter_invalid_array", f"Invalid array: {path} must be an array.")
    return [_value(inner, item, f"{path}[{index}]", text) for index, inner in enumerate(value)]


def _leaf(value: Any, hint: Any, path: str, text: bool) -> Any:
    name = {int: "integer", float: "decimal", bool: "boolean"}.get(hint, "string")
    wrong = _Mismatch(path, f"parameter_invalid_{name}", f"Invalid {name}: {value}")
    if isinstance(value, (dict, list)) or value is None:
        raise wrong
    if not text:
        if hint in (int, float, bool, str) and type(value) is not hint:
            raise wrong
        return _bounded(value, path)
    if value == "":
        message = f"You passed an empty string for '{path}'; to unset a value Stripe wants another way here."
        raise _Mismatch(path, "parameter_invalid_empty", message)
    try:
        if hint is int:
            return int(value)
        if hint is bool:
            return {"true": True, "false": False}[value]
        return float(value) if hint is float else _bounded(value, path)
    except (ValueError, KeyError):
        raise wrong from None


def _bounded(value: Any, path: str) -> Any:
    said = too_long(path, value) if isinstance(value, str) else None
    if said is not None:
        raise _Mismatch(path, None, said)
    return value
