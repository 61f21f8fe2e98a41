"""One reader of JSON, with limits."""

import json

import pytest

from marketplace import strict_json
from marketplace.errors import UnreadableBody

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    "value",
    [None, True, 0, -12.5, 1e20, "", '[{\\"', [], {"a": [{"b": ["]}", "\U0001f600"]}]}, ["\u0000"]],
)
def test_what_is_json_is_read_as_it_is(value):
    assert strict_json.loads(json.dumps(value)) == value
    assert strict_json.loads(json.dumps(value, ensure_ascii=False).encode()) == value


def deep(levels):
    return b"[" * levels + b"]" * levels


@pytest.mark.parametrize(
    ("body", "limit"),
    [
        (b"", "json"),
        (b'{"a": ', "json"),
        (b"{} {}", "json"),
        (b"\xff\xfe", "utf-8"),
        ('{"a": 1}'.encode("utf-16"), "utf-8"),
        (deep(strict_json.DEEPEST + 1), "depth"),
        (b'{"a":' * 100_000, "depth"),
        (b"[" * 900_000, "depth"),
        (b"9" * 5000, "digits"),
        (b"-0." + b"9" * 5000, "digits"),
        (b"1e999", "number"),
        (b"NaN", "number"),
        (b"-Infinity", "number"),
        (b'{"a": 1, "a": 2}', "duplicate"),
        (b'[{"b": {"c": 1, "\\u0063": 2}}]', "duplicate"),
        (b'"\\ud800"', "surrogate"),
        (b'{"\\udfff": 1}', "surrogate"),
    ],
    ids=lambda part: part if isinstance(part, str) else str(part[:20]),
)
def test_what_two_readers_could_understand_differently_is_refused(body, limit):
    with pytest.raises(UnreadableBody) as refused:
        strict_json.loads(body)
    assert refused.value.details == {"limit": limit}


def test_what_is_just_within_the_limits_is_read():
    assert strict_json.loads(deep(strict_json.DEEPEST))
    assert strict_json.loads(b"9" * strict_json.MOST_DIGITS)
    assert strict_json.loads(b'"' + b"[" * 1000 + b'"') == "[" * 1000
    assert strict_json.loads('"\\ud83d\\ude00"') == "\U0001f600"
