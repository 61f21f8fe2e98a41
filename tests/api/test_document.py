"""The OpenAPI document: valid, exact, and what is answered is what it says."""

from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from marketplace.api.document import METHODS, SCHEMAS, completed
from tests.found import some


@pytest.fixture
def document(app: Flask) -> dict[str, Any]:
    return app.test_client().get("/api/v1/openapi.json").json


@pytest.fixture
def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method} {path}": item[method]
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    }


def test_a_generator_of_clients_can_read_it(document: dict[str, Any]):
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_every_operation_has_a_name_of_its_own_and_a_sentence(operations: dict[str, dict[str, Any]]):
    names = [operation["operationId"] for operation in operations.values()]
    assert len(names) > 150
    assert sorted(names) == sorted(set(names))
    assert [name for name, operation in operations.items() if not operation.get("summary")] == []


def test_it_says_where_it_is_served(document: dict[str, Any], app: Flask):
    assert document["servers"] == [{"url": app.extensions["settings"].public_url}]


def test_no_answer_hides_behind_a_default(operations: dict[str, dict[str, Any]]):
    for name, operation in some(operations.items()):
        codes = operation["responses"]
        assert "default" not in codes, name
        assert {"429", "503"} <= set(codes), name
        parameters = operation.get("parameters", [])
        assert "414" in codes or not any(each["in"] == "query" for each in parameters), name
        assert ("401" in codes) == ("security" in operation), name
        assert "404" in codes or "{" not in name, name
        assert {"400", "415", "422"} <= set(codes) or "requestBody" not in operation, name
        assert any(code[0] == "2" for code in codes), name


def test_every_refusal_is_a_problem_that_is_described(document: dict[str, Any], operations: dict[str, dict[str, Any]]):
    for name, operation in some(operations.items()):
        for code, answer in some(operation["responses"].items()):
            referred = answer.get("$ref", "").rpartition("/")[2]
            described = document["components"]["responses"][referred] if referred else answer
            if code[0] in "45":
                schema = {"$ref": f"{SCHEMAS}{'Conflict' if code == '409' else 'Problem'}"}
                assert described["content"] == {"application/problem+json": {"schema": schema}}, f"{name}: {code}"


def _parts(node: Any, place: str = "") -> Any:
    if isinstance(node, dict):
        yield place, node
        for name, part in node.items():
            yield from _parts(part, f"{place}/{name}")
    elif isinstance(node, list):
        for number, part in enumerate(node):
            yield from _parts(part, f"{place}/{number}")


def test_every_value_has_an_exact_type(document: dict[str, Any]):
    known = {"type", "$ref", "allOf", "anyOf", "oneOf", "enum", "const"}
    for place, schema in some(_parts(document["components"]["schemas"]), least=100):
        if place.endswith("/examples") or "/examples/" in place:
            continue
        if schema.get("type") == "array":
            assert "items" in schema, place
        if schema.get("type") == "object":
            assert {"properties", "additionalProperties"} & set(schema), place
        for name, value in schema.get("properties", {}).items():
            assert known & set(value), f"{place}: {name}"
        for bound in ("minimum", "maximum"):
            assert not isinstance(schema.get(bound), str), place


def test_an_answer_always_has_all_of_its_fields(document: dict[str, Any], operations: dict[str, dict[str, Any]]):
    schemas = document["components"]["schemas"]
    waiting = [operation["responses"] for operation in operations.values()]
    seen = {"Problem", "Conflict"}
    while waiting:
        for _, part in list(_parts(waiting.pop())):
            name = part.get("$ref", "").removeprefix(SCHEMAS)
            if name in schemas and name not in seen:
                seen.add(name)
                assert sorted(schemas[name]["required"]) == sorted(schemas[name]["properties"]), name
                waiting.append(schemas[name])
    assert len(seen) > 70


def test_every_example_is_one(document: dict[str, Any]):
    for name, schema in some(document["components"]["schemas"].items()):
        validator = Draft202012Validator({"$ref": f"{SCHEMAS}{name}", "components": document["components"]})
        assert schema["examples"], name
        for example in schema["examples"]:
            errors = [error.message for error in validator.iter_errors(example)]
            assert errors == [], name


def test_what_is_sent_and_what_is_answered_are_told_apart():
    note = {
        "type": "object",
        "properties": {"id": {"type": "string", "readOnly": True}, "text": {"type": "string"}},
        "required": ["text"],
    }
    reference = {"content": {"application/json": {"schema": {"$ref": f"{SCHEMAS}Note"}}}}
    described = {
        "paths": {"/notes": {"post": {"requestBody": reference, "responses": {"201": reference}}}},
        "components": {"schemas": {"Note": note, "Unused": {"type": "object"}, "Problem": {"type": "object"}}},
    }
    document = completed(described, "https://fairhour.example")
    post = document["paths"]["/notes"]["post"]
    assert post["requestBody"]["content"]["application/json"]["schema"] == {"$ref": f"{SCHEMAS}NoteInput"}
    assert post["responses"]["201"]["content"]["application/json"]["schema"] == {"$ref": f"{SCHEMAS}Note"}
    schemas = document["components"]["schemas"]
    assert schemas["Note"]["required"] == ["id", "text"]
    assert schemas["NoteInput"]["properties"] == {"text": {"type": "string"}}
    assert schemas["NoteInput"]["required"] == ["text"]
    assert sorted(schemas) == ["Note", "NoteInput", "Problem"]


def test_a_time_without_an_offset_is_no_date_time(document: dict[str, Any]):
    """RFC 3339: a `date-time` has an offset; what a coach's clock shows has none."""
    planned = document["components"]["schemas"]["Planned"]["properties"]
    assert planned["wall_clock"]["format"] == "date-time-local"
    assert planned["starts_at"]["format"] == "date-time"
