"""Texts that nobody types and somebody sends, in every place where the API takes a text."""

import copy
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote

import requests

Json = dict[str, Any]

# Each with what it is. Those in `AS_WRITTEN` JSON can write and UTF-8 cannot.
TEXTS = {
    "turned by U+202E": "gro\u202eygrone",
    "isolated by U+2067": "\u2067abc\u2069",
    "nothing but zero width": "\u200b\u200d\u2060\ufeff" * 6,
    "NUL": "a\x00b",
    "other controls": "a\x07\x1b[31m\x7fb\x85c",
    "line separators": "a\u2028b\u2029c",
    "replacement and no character": "a\ufffd\ufffeb",
    "from right to left": "שלום مرحبا",
    "emoji": "👩🏽\u200d🚀🏳️\u200d🌈🇩🇪",
    "combined letters": "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘",
    "a formula": "＝cmd|' /C calc'!A0",
    "another formula": '=HYPERLINK("http://evil.example")',
    "markup": "<script>alert(1)</script>{{7*7}}${7*7}",
    "quotes": "'; drop table users; --\\",
    "full width": "ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ",
    "a number": "9" * 5000,
    "nothing": "",
    "blanks": " \t\u00a0\u3000 ",
    "300,000 letters": "x" * 300_000,
}
AS_WRITTEN = {
    "a high surrogate alone": '"\\ud800"',
    "a low surrogate alone": '"a\\udc00b"',
    "surrogates the wrong way round": '"\\udc00\\ud800"',
}
METHODS = ("get", "post", "put", "patch", "delete")
NOBODYS = {"uuid": "01890000-0000-7000-8000-000000000000", "date": "2027-03-02"}
TIMEOUT_SECONDS = 60
LONGEST_IN_AN_ADDRESS = 1000
# What any address may be answered with: a path that is none, and an address that is too long.
ANYWHERE = {404, 405, 414}


def answers(site: str, token: str | None, every: int = 1) -> Iterator[tuple[str, int, str]]:
    """Each call, or one in `every`, the status of its answer, and what is wrong with that; '' where nothing is."""
    with requests.Session() as caller:
        if token:
            caller.headers["Authorization"] = f"Bearer {token}"
        document: Json = caller.get(f"{site}/api/v1/openapi.json", timeout=TIMEOUT_SECONDS).json()
        for what, (path, method), address, body in islice(_calls(site, document), 0, None, every):
            headers = {"If-Match": "*"} | ({} if body is None else {"Content-Type": "application/json"})
            answer = caller.request(method, address, data=body, headers=headers, timeout=TIMEOUT_SECONDS)
            name = f"{method.upper()} {path}, {what}"
            yield name, answer.status_code, _fault(answer, document["paths"][path][method])


def _calls(site: str, document: Json) -> Iterator[tuple[str, tuple[str, str], str, bytes | None]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                for what, address, body in _of_operation(site, document, (path, method)):
                    yield what, (path, method), address, body


def _of_operation(site: str, document: Json, place: tuple[str, str]) -> Iterator[tuple[str, str, bytes | None]]:
    path, method = place
    item = document["paths"][path]
    operation = item[method]
    for what, address in _addresses(site, document, place):
        yield what, address, None
    written = {what: json.dumps(words, ensure_ascii=False) for what, words in TEXTS.items()} | AS_WRITTEN
    for field in _texts(_sent(operation), document):
        for what, words in written.items():
            body = _whole(_example(_sent(operation), document), field, words).encode()
            yield f"{'.'.join(map(str, field))}: {what}", site + _filled(path, item), body


def _addresses(site: str, document: Json, place: tuple[str, str]) -> Iterator[tuple[str, str]]:
    """The operation's address with each text in each of its parameters that takes one, and what that is."""
    path, method = place
    item = document["paths"][path]
    for parameter in (*item.get("parameters", []), *item[method].get("parameters", [])):
        name, kind = parameter["name"], parameter["in"]
        if kind not in {"query", "path"} or not _takes_text(parameter["schema"], document):
            continue
        for what, words in TEXTS.items():
            if len(words) > LONGEST_IN_AN_ADDRESS or (kind == "path" and not words.strip()):
                continue
            asked = f"?{name}={quote(words)}" if kind == "query" else ""
            given = {name: words} if kind == "path" else {}
            yield f"{name}: {what}", f"{site}{_filled(path, item, given)}{asked}"


def _filled(path: str, item: Json, given: dict[str, str] | None = None) -> str:
    """The address with something in each of its places: as given, else what belongs to nobody."""
    for parameter in (*item.get("parameters", []), *(part for way in METHODS for part in _parameters(item, way))):
        name, schema = parameter["name"], parameter["schema"]
        usual = NOBODYS.get(schema.get("format", ""), "2027" if schema.get("type") == "integer" else "usd")
        path = path.replace("{" + name + "}", quote((given or {}).get(name, usual), safe=""))
    return path


def _parameters(item: Json, method: str) -> list[Json]:
    found: list[Json] = item.get(method, {}).get("parameters", [])
    return [parameter for parameter in found if parameter["in"] == "path"]


def _sent(operation: Json) -> Json:
    """The schema of what is sent; one of nothing where nothing is."""
    found: Json = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return found


def _resolved(schema: Json, document: Json) -> Json:
    while "$ref" in schema or "anyOf" in schema or "oneOf" in schema or "allOf" in schema:
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        else:
            options = schema.get("anyOf") or schema.get("oneOf") or schema["allOf"]
            schema = next(option for option in options if option.get("type") != "null")
    return schema


def _is(kind: str, schema: Json) -> bool:
    kinds = schema.get("type")
    return kind == kinds or (isinstance(kinds, list) and kind in kinds)


def _takes_text(schema: Json, document: Json) -> bool:
    return _is("string", _resolved(schema, document))


def _texts(schema: Json, document: Json, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The places of every text in what is sent."""
    schema = _resolved(schema, document)
    if _is("string", schema):
        yield place
    elif _is("array", schema):
        yield from _texts(schema["items"], document, (*place, 0))
    for name, part in schema.get("properties", {}).items():
        yield from _texts(part, document, (*place, name))


def _example(schema: Json, document: Json) -> Any:
    return _resolved(schema, document).get("examples", [{}])[0]


def _whole(example: Any, place: tuple[str | int, ...], written: str) -> str:
    """The example as JSON, with what is written at that place."""
    mark = "here the text comes"
    body: Any = {"": copy.deepcopy(example)}
    inner: Any = body
    last: str | int = ""
    for step in place:
        if isinstance(step, int):
            inner[last] = [None]
        elif not isinstance(inner[last], dict):
            inner[last] = {}
        inner, last = inner[last], step
    inner[last] = mark
    return json.dumps(body[""]).replace(json.dumps(mark), written)


def _fault(answer: requests.Response, operation: Json) -> str:
    """What is wrong with an answer: broken, of a status that the document does not name, or a refusal in no problem."""
    if answer.status_code >= 500:
        return f"{answer.status_code}: {answer.text[:200]}"
    if str(answer.status_code) not in operation["responses"] and answer.status_code not in ANYWHERE:
        return f"{answer.status_code}, of which the document says nothing"
    if answer.status_code >= 400 and answer.headers.get("Content-Type") != "application/problem+json":
        return f"{answer.status_code} is no problem document"
    return ""
