"""Whatever a test is answered by the API is held against the OpenAPI document."""

import json
from functools import lru_cache
from typing import Any

from flask import Flask
from jsonschema import Draft202012Validator
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

PREFIX = "/api/v1"


def hold(app: Flask, method: str, path: str, answer: TestResponse) -> None:
    """Raise AssertionError where the document does not know the answer's status, or says something else of its body."""
    operation = _operation(app, method, path.partition("?")[0])
    if operation is None:
        return
    name, described = operation
    codes = described["responses"]
    status = str(answer.status_code)
    assert status in codes, f"{name} answers {status}, of which the document says nothing: {answer.text[:300]}"
    schema = _body(app, codes[status], answer.mimetype)
    if not answer.data:
        assert schema is None, f"{name}: {status} has no body"
    elif schema is None:
        assert not answer.is_json, f"{name}: the document knows no body of {status}: {answer.text[:300]}"
    elif answer.is_json:
        problems = [
            f"{error.json_path}: {error.message}"
            for error in _validator(app, json.dumps(schema)).iter_errors(answer.json)
        ]
        assert problems == [], f"{name}, {status}: {problems}"


def _operation(app: Flask, method: str, path: str) -> tuple[str, dict[str, Any]] | None:
    try:
        endpoint, _ = app.url_map.bind("localhost").match(PREFIX + path, method=method)
    except HTTPException:
        return None
    rule = next(each for each in app.url_map.iter_rules(endpoint) if method in each.methods)
    operation = _operations(app).get((method, rule.endpoint.rpartition(".")[2]))
    return None if operation is None else (f"{method} {rule.rule}", operation)


@lru_cache(maxsize=4)
def _operations(app: Flask) -> dict[tuple[str, str], dict[str, Any]]:
    document = _document(app)
    return {
        (method.upper(), operation["operationId"]): operation
        for item in document["paths"].values()
        for method, operation in item.items()
        if isinstance(operation, dict) and "operationId" in operation
    }


@lru_cache(maxsize=4)
def _document(app: Flask) -> dict[str, Any]:
    with app.app_context():
        document: dict[str, Any] = app.extensions["api"].document
    return document


@lru_cache(maxsize=1000)
def _validator(app: Flask, schema: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema) | {"components": _document(app)["components"]})


def _body(app: Flask, described: dict[str, Any], kind: str) -> dict[str, Any] | None:
    if "$ref" in described:
        described = _document(app)["components"]["responses"][described["$ref"].rpartition("/")[2]]
    schema: dict[str, Any] | None = described.get("content", {}).get(kind, {}).get("schema")
    return schema
