"""The OpenAPI document, completed: every answer of every operation, exact answers, examples.

flask-smorest describes what views declare; what holds of all of them is added here, once.
"""

import copy
import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from marketplace.api import examples

Json = dict[str, Any]

METHODS = ("get", "post", "put", "patch", "delete")
CONFLICT = 409
SCHEMAS = "#/components/schemas/"
REFUSALS = {"Problem", "Conflict"}
PROBLEM = "application/problem+json"
# What the reader of a response has to know beyond the status' own name.
DESCRIPTIONS = {
    400: "The body or the address cannot be read; nothing was done",
    401: "No valid access token was sent",
    403: "The token lacks the scope, or you may not do this",
    404: "There is no such thing for you",
    409: "It is not possible in the present state; read it again",
    412: "It was changed after you read it; nothing was done. Read it again",
    413: "The body is larger than this operation takes",
    414: "The address is too long; ask for less",
    415: "The body is not sent as application/json",
    422: "Something that was sent is wrong; `errors` names the fields",
    428: "`If-Match` does not say which version is changed; nothing was done",
    429: "Called too often; go on after `Retry-After` seconds",
    503: "A part that is needed does not answer; nothing was done, so try again later",
}
# Of an operation that takes a file.
NO_MULTIPART = "The body is not sent as multipart/form-data"
# Answers that are files, by how their address ends.
FILES: dict[str, Json] = {
    ".csv": {"text/csv": {"schema": {"type": "string"}}},
    ".pdf": {"application/pdf": {"schema": {"type": "string", "contentMediaType": "application/pdf"}}},
    "/content": {
        kind: {"schema": {"type": "string", "contentMediaType": kind}}
        for kind in ("application/pdf", "application/zip", "image/webp")
    },
}
RETRY_AFTER = {"description": "Seconds to wait", "schema": {"type": "integer", "minimum": 0}}


def completed(described: Json, address: str) -> Json:
    """The document as it is published: `described` by the views, served at `address`. `described` stays as it is."""
    document: Json = json.loads(json.dumps(described))  # so that no two places share a part
    document["servers"] = [{"url": address}]
    document["components"]["responses"] = {HTTPStatus(code).name: _problem(code) for code in DESCRIPTIONS}
    for method, path, operation in _operations(document):
        operation["responses"] = _answers(method, path, operation)
    for part in _parts(document["components"]["schemas"]):
        _decimals_are_texts(part)
    _separate(document)
    _say_which_bodies_may_be_left_out(document)
    for name, schema in document["components"]["schemas"].items():
        examples.add(name, schema, document["components"]["schemas"])
    return document


def _operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield method, path, item[method]


def _problem(code: int) -> Json:
    described: Json = {
        "description": DESCRIPTIONS.get(code, HTTPStatus(code).phrase),
        "content": {PROBLEM: {"schema": {"$ref": f"{SCHEMAS}{'Conflict' if code == CONFLICT else 'Problem'}"}}},
    }
    if code in (429, 503):
        described["headers"] = {"Retry-After": RETRY_AFTER}
    return described


def _answers(method: str, path: str, operation: Json) -> Json:
    """Every status that the operation may answer with, in order."""
    declared = {code: answer for code, answer in operation["responses"].items() if code != "default"}
    possible = {429, 503}
    asks = any(parameter["in"] in ("query", "header") for parameter in operation.get("parameters", ()))
    if "requestBody" in operation:
        possible |= {400, 413, 415, 422}
    if any(parameter["name"] == "If-Match" for parameter in operation.get("parameters", ())):
        possible |= {412, 428}
    if asks:
        possible.add(422)
    if any(parameter["in"] == "query" for parameter in operation.get("parameters", ())):
        possible.add(414)
    if "security" in operation:
        # What is not for you does not exist, also where it was named in the body.
        possible |= {401, 403, 404}
    if "{" in path:
        possible.add(404)
    if method != "get":
        possible.add(409)
    answers: Json = {str(code): {"$ref": f"#/components/responses/{HTTPStatus(code).name}"} for code in possible}
    if "multipart/form-data" in operation.get("requestBody", {}).get("content", {}):
        answers["415"] = _problem(415) | {"description": NO_MULTIPART}
    for code, answer in declared.items():
        if code[0] in "45" and "content" not in answer and "$ref" not in answer:
            answers[code] = _problem(int(code))
            answers[code]["description"] = answer["description"]
        elif code[0] not in "45":
            answers[code] = answer
            answer.update(next(({"content": kinds} for end, kinds in FILES.items() if path.endswith(end)), {}))
    return dict(sorted(answers.items()))


def _decimals_are_texts(schema: Json) -> None:
    """Exact numbers travel as text; their bounds, which JSON Schema knows of numbers alone, are told in words."""
    if isinstance(schema.get("maximum"), str):
        least, most = schema.pop("minimum"), schema.pop("maximum")
        schema["type"] = ["string", "number", *(["null"] if "null" in schema["type"] else [])]
        schema["pattern"] = r"^[0-9]{1,9}([.][0-9]{1,9})?$"
        schema["description"] = f"{schema.get('description', '')} (from {least} to {most})".strip()


def _separate(document: Json) -> None:
    """What is answered holds every one of its fields; what is sent under the same name may leave some out.

    So a schema that is both becomes two: `Name` is answered, `NameInput` is sent.
    """
    schemas: dict[str, Json] = document["components"]["schemas"]
    sent, answered = set[str](), set[str]()
    for _, _, operation in _operations(document):
        sent |= _reached(operation.get("requestBody", {}), schemas)
        answered |= _reached(operation["responses"], schemas) - REFUSALS
    originals = copy.deepcopy(schemas)
    for name in answered:
        schemas[name]["required"] = sorted(schemas[name].get("properties", {}))
    differing = {name for name in sent & answered if _sendable(originals[name]) != schemas[name]}
    # Whatever holds one that differs, differs too.
    while more := {name for name in (sent & answered) - differing if _reached(originals[name], schemas) & differing}:
        differing |= more
    for name in sorted(differing):
        schemas[f"{name}Input"] = _sendable(originals[name])
    for name in sent - answered | {f"{name}Input" for name in differing}:
        _refer_to_inputs(schemas[name], differing)
    for _, _, operation in _operations(document):
        _refer_to_inputs(operation.get("requestBody", {}), differing)
    for name in set(schemas) - sent - answered - {f"{name}Input" for name in differing} - REFUSALS:
        del schemas[name]


def _say_which_bodies_may_be_left_out(document: Json) -> None:
    """A POST that requires none of its fields may come without a body."""
    schemas = document["components"]["schemas"]
    for method, _, operation in _operations(document):
        if method == "post" and "requestBody" in operation:
            (sent,) = operation["requestBody"]["content"].values()
            required = schemas[sent["schema"]["$ref"].removeprefix(SCHEMAS)].get("required")
            operation["requestBody"]["required"] = bool(required)


def _sendable(schema: Json) -> Json:
    """The schema without what is only answered."""
    without = copy.deepcopy(schema)
    without["properties"] = {
        name: described for name, described in without.get("properties", {}).items() if not described.get("readOnly")
    }
    return without


def _reached(node: Any, schemas: dict[str, Json]) -> set[str]:
    """The names of the schemas that `node` refers to, and of those that they refer to."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        for name in set(_references(waiting.pop())) - found:
            found.add(name)
            waiting.append(schemas[name])
    return found


def _references(node: Any) -> Iterator[str]:
    for part in _parts(node):
        reference = part.get("$ref", "")
        if reference.startswith(SCHEMAS):
            yield reference.removeprefix(SCHEMAS)


def _refer_to_inputs(node: Any, names: set[str]) -> None:
    for part in _parts(node):
        if part.get("$ref", "").removeprefix(SCHEMAS) in names:
            part["$ref"] += "Input"


def _parts(node: Any) -> Iterator[Json]:
    if isinstance(node, dict):
        yield node
        for part in node.values():
            yield from _parts(part)
    elif isinstance(node, list):
        for part in node:
            yield from _parts(part)
