"""The OpenAPI document as people read it: calls by subject, objects, examples.

Pure: a document goes in, what the pages show comes out.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

Json = Mapping[str, Any]

SCHEMAS = "#/components/schemas/"
RESPONSES = "#/components/responses/"
METHODS = ("get", "post", "put", "patch", "delete")
_BOUNDS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {}",
    "maxItems": "at most {}",
}


@dataclass(frozen=True)
class ValueKind:
    """What a value is: words, and the name of the object that it is, where it is one."""

    words: str
    object: str | None = None


@dataclass(frozen=True)
class Field:
    """A parameter of a call, or a field of an object."""

    name: str
    kind: ValueKind
    required: bool
    notes: tuple[str, ...] = ()
    place: str = ""


@dataclass(frozen=True)
class CallAnswer:
    """A status that a call may answer with; a common one means the same for every call."""

    code: str
    words: str
    kind: ValueKind | None = None
    is_common: bool = False

    @property
    def succeeds(self) -> bool:
        """Is it no refusal?"""
        return self.code[0] in "23"


@dataclass(frozen=True)
class Call:
    """One operation."""

    name: str
    method: str
    path: str
    summary: str
    scopes: tuple[str, ...]
    needs_token: bool
    parameters: tuple[Field, ...] = ()
    body: ValueKind | None = None
    body_is_file: bool = False
    example: str = ""
    answers: tuple[CallAnswer, ...] = ()

    def says(self, text: str) -> bool:
        """Does every word of `text` stand in it?"""
        said = f"{self.name} {self.method} {self.path} {self.summary}".lower()
        return all(word in said for word in text.lower().split())


@dataclass(frozen=True)
class Object:
    """A schema: its fields and an example."""

    name: str
    fields: tuple[Field, ...]
    example: str


@dataclass(frozen=True)
class Subject:
    """The calls of one tag."""

    slug: str
    name: str
    calls: tuple[Call, ...]


def subjects(document: Json) -> tuple[Subject, ...]:
    """Every call, by subject, in the order of the document."""
    by_tag: dict[str, list[Call]] = {tag["name"]: [] for tag in document["tags"]}
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                for tag in item[method]["tags"]:
                    by_tag[tag].append(_call(document, method, path, item))
    return tuple(Subject(slug(name), name, tuple(calls)) for name, calls in by_tag.items())


def slug(name: str) -> str:
    """A name as part of an address: 'A coach's bank' is 'a-coachs-bank'."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower().replace("'", "")).strip("-")


def objects(document: Json, call: Call) -> tuple[Object, ...]:
    """The objects that this call takes and answers, and those within them; by name."""
    schemas = document["components"]["schemas"]
    waiting = [kind.object for kind in _kinds(call) if kind.object]
    found: dict[str, Object] = {}
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = _object(name, schemas[name])
            waiting += [field.kind.object for field in found[name].fields if field.kind.object]
    return tuple(found[name] for name in sorted(found))


def refusals(document: Json) -> tuple[CallAnswer, ...]:
    """What any call may be refused with, by status."""
    found = [
        CallAnswer(str(HTTPStatus[name].value), response["description"], _content(response))
        for name, response in document["components"]["responses"].items()
    ]
    return tuple(sorted(found, key=lambda answer: answer.code))


def _kinds(call: Call) -> Iterator[ValueKind]:
    if call.body:
        yield call.body
    yield from (answer.kind for answer in call.answers if answer.kind and answer.succeeds)


def _call(document: Json, method: str, path: str, item: Json) -> Call:
    operation = item[method]
    parameters = [*item.get("parameters", ()), *operation.get("parameters", ())]
    body, is_file = _body(operation)
    return Call(
        name=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation.get("summary", ""),
        scopes=tuple(scope for each in operation.get("security", ()) for scope in each.get("bearer", ())),
        needs_token="security" in operation,
        parameters=tuple(
            _field(each["name"], each["schema"] | _described(each), each.get("required", False), each["in"])
            for each in parameters
        ),
        body=body,
        body_is_file=is_file,
        example=_command(document, method, path, operation),
        answers=tuple(_answer(document, code, answer) for code, answer in operation["responses"].items()),
    )


def _described(parameter: Json) -> Json:
    return {"description": parameter["description"]} if "description" in parameter else {}


def _body(operation: Json) -> tuple[ValueKind | None, bool]:
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        return _kind(content["schema"]), media.startswith("multipart/")
    return None, False


def _answer(document: Json, code: str, answer: Json) -> CallAnswer:
    is_common = "$ref" in answer
    if is_common:
        answer = document["components"]["responses"][answer["$ref"].removeprefix(RESPONSES)]
    return CallAnswer(code, answer["description"], _content(answer), is_common)


def _content(answer: Json) -> ValueKind | None:
    for media, content in answer.get("content", {}).items():
        return _kind(content["schema"]) if "json" in media else ValueKind(media)
    return None


def _object(name: str, schema: Json) -> Object:
    required = set(schema.get("required", ()))
    fields = tuple(_field(each, part, each in required) for each, part in schema.get("properties", {}).items())
    return Object(name, fields, _written(schema["examples"][0]))


def _field(name: str, schema: Json, required: bool, place: str = "") -> Field:
    notes = [schema["description"]] if schema.get("description") else []
    notes += [words.format(schema[bound]) for bound, words in _BOUNDS.items() if bound in schema]
    if schema.get("enum"):
        notes.append("one of " + ", ".join(f"`{value}`" for value in schema["enum"] if value not in (None, "")))
    if schema.get("default") not in (None, "", [], {}):
        notes.append(f"else `{_plain(schema['default'])}`")
    return Field(name, _kind(schema), required, tuple(notes), place)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _kind(schema: Json) -> ValueKind:
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(SCHEMAS)
        return ValueKind(name, name)
    for alternatives in ("anyOf", "oneOf", "allOf"):
        if alternatives in schema:
            kinds = [_kind(each) for each in schema[alternatives]]
            return ValueKind(
                " or ".join(kind.words for kind in kinds), next((k.object for k in kinds if k.object), None)
            )
    named = schema.get("type", "any")
    types = [named] if isinstance(named, str) else list(named)
    if "array" in types:
        inside = _kind(schema.get("items", {}))
        return ValueKind(_or_null(f"list of {inside.words}", types), inside.object)
    return ValueKind(_or_null(schema.get("format", types[0]), types))


def _or_null(words: str, types: list[str]) -> str:
    return f"{words} or null" if "null" in types and words != "null" else words


def _command(document: Json, method: str, path: str, operation: Json) -> str:
    """The call as a command of curl, with an example of what is sent."""
    body, is_file = _body(operation)
    lines = [f"curl -X {method.upper()} '{document['servers'][0]['url'].rstrip('/')}{path}'"]
    if "security" in operation:
        lines.append('-H "Authorization: Bearer $TOKEN"')
    lines += [f"-H '{each['name']}: *'" for each in operation.get("parameters", ()) if each["name"] == "If-Match"]
    if is_file:
        lines.append("-F file=@example.pdf")
    elif body and body.object:
        lines.append("-H 'Content-Type: application/json'")
        example = _written(document["components"]["schemas"][body.object]["examples"][0])
        lines.append("-d '" + example.replace("'", "'\\''") + "'")
    return " \\\n  ".join(lines)


def _written(example: Any) -> str:
    return json.dumps(example, indent=2, ensure_ascii=False)
