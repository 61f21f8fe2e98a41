"""The one reader of JSON: what two readers could understand differently is refused. Pure.

RFC 8259 leaves depth, numbers, repeated names and lone surrogates to each reader; here they have limits.
"""

import json
import re
from typing import Any, NoReturn

from marketplace.errors import UnreadableBody
from marketplace.languages import gettext as _

# Ours nest four levels, Stripe's objects a dozen.
DEEPEST = 40
# Neither a sum of money nor an exact fraction needs more.
MOST_DIGITS = 60

OUTSIDE_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)


def loads(body: bytes | str) -> Any:
    """The value that the body says, or UnreadableBody, whose `limit` names what it went beyond."""
    try:
        data = body if isinstance(body, bytes) else body.encode()
        text = data.decode()
    except UnicodeError as error:
        raise UnreadableBody(_("The body is not UTF-8."), limit="utf-8") from error
    _check_depth(data)
    try:
        found = json.loads(
            text, parse_int=_whole, parse_float=_fraction, parse_constant=_no_number, object_pairs_hook=_named_once
        )
    except ValueError as error:
        raise UnreadableBody(_("The body is not valid JSON."), limit="json") from error
    if "\\u" in text:
        _check_surrogates(found)
    return found


def _check_depth(data: bytes) -> None:
    depth = 0
    for found in OUTSIDE_STRINGS.finditer(data):
        mark = found.group()
        depth += (mark in b"[{") - (mark in b"]}")
        if depth > DEEPEST:
            raise UnreadableBody(_("The body nests deeper than %(most)s levels.", most=DEEPEST), limit="depth")


def _whole(digits: str) -> int:
    return int(_short_enough(digits))


def _fraction(digits: str) -> float:
    number = float(_short_enough(digits))
    if number in {float("inf"), float("-inf")}:
        raise UnreadableBody(_("The body has a number beyond all bounds."), limit="number")
    return number


def _short_enough(digits: str) -> str:
    if len(digits) > MOST_DIGITS:
        raise UnreadableBody(_("The body has a number of more than %(most)s digits.", most=MOST_DIGITS), limit="digits")
    return digits


def _no_number(said: str) -> NoReturn:
    raise UnreadableBody(_("%(number)s is no number in JSON.", number=said), limit="number")


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise UnreadableBody(
            _("The body has %(name)s twice in one object.", name=json.dumps(twice)[:80]), limit="duplicate"
        )
    return found


def _check_surrogates(found: Any) -> None:
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise UnreadableBody(_("The body has half of a character (a lone surrogate)."), limit="surrogate") from error
