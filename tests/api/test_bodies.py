"""Every body and every text that programs send is read by the same rules, whichever operation it is for."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from marketplace.accounts.tokens.rules import SCOPES
from tests.factories import a_coach, a_person, an_admin
from tests.found import some

UGLY = ("gro\u202eygrone", "\u200b\u200b", "a\x00b", "a\u2028b", "a\ufffdb")
NO_ONE = "01234567-89ab-7def-8123-456789abcdef"
IN_PATHS = {"string": "x", "integer": "2027"}


@pytest.fixture
def everybody(api):
    """One who is coach and admin, with every scope."""
    person = a_coach().user
    person.roles.extend(an_admin().roles)
    return api(person, scopes=tuple(SCOPES))


def operations(client) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    document = client.get("/openapi.json").json
    for path, methods in document["paths"].items():
        shared = methods.get("parameters", [])
        filled = path.removeprefix("/api/v1")
        for parameter in shared:
            schema = parameter["schema"]
            known = {"uuid": NO_ONE, "date": "2027-03-01"}.get(schema.get("format"), IN_PATHS.get(schema["type"]))
            filled = filled.replace("{" + parameter["name"] + "}", str(known))
        for method, operation in methods.items():
            if method in {"get", "post", "put", "patch", "delete"}:
                yield method.upper(), filled, operation, document


def body_of(operation, document) -> dict[str, Any] | None:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return resolved(content["schema"], document) if content else None


def taking_bodies(client) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    return (each for each in operations(client) if body_of(*each[2:]) is not None)


def resolved(schema, document):
    while True:
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        elif isinstance(schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"), list):
            options = schema.get("anyOf") or schema.get("oneOf") or schema["allOf"]
            schema = next(one for one in options if one.get("type") != "null")
        else:
            return schema


def places(schema, document, wanted="string", path=()) -> Iterator[tuple[Any, ...]]:
    """The places of every string, or of what else is wanted, in a body."""
    schema = resolved(schema, document)
    kind = schema.get("type")
    kinds = kind if isinstance(kind, list) else [kind]
    if wanted in kinds:
        yield path
    elif "array" in kinds:
        yield from places(schema["items"], document, wanted, (*path, 0))
    for name, part in schema.get("properties", {}).items():
        if not resolved(part, document).get("readOnly"):
            yield from places(part, document, wanted, (*path, name))


def with_text(path, words) -> Any:
    if not path:
        return words
    inner = with_text(path[1:], words)
    return [inner] if path[0] == 0 else {path[0]: inner}


def test_no_text_field_of_the_api_takes_what_hides_or_turns_letters(everybody):
    tried = 0
    for method, path, operation, document in operations(everybody):
        schema = body_of(operation, document)
        for place in places(schema, document) if schema else ():
            for words in UGLY:
                answer = everybody.call(method, path, with_text(place, words))
                assert answer.status_code == 422, (method, path, place, words, answer.text)
                assert ".".join(map(str, place)) in answer.json["errors"], (method, path, place, answer.text)
                tried += 1
    assert tried > 200


def test_a_boolean_is_true_or_false_and_nothing_that_may_mean_it(everybody):
    tried = 0
    for method, path, operation, document in operations(everybody):
        schema = body_of(operation, document)
        for place in places(schema, document, "boolean") if schema else ():
            for given in (0, 1, "true", "off"):
                answer = everybody.call(method, path, with_text(place, given))
                assert answer.status_code == 422, (method, path, place, given, answer.text)
                assert ".".join(map(str, place)) in answer.json["errors"], (method, path, place, answer.text)
                tried += 1
    assert tried >= 20


def test_a_whole_number_is_no_part_of_one_nor_its_text(everybody):
    tried = 0
    for method, path, operation, document in operations(everybody):
        schema = body_of(operation, document)
        for place in places(schema, document, "integer") if schema else ():
            for given in (1.5, 2.6e-42, "5", True):
                answer = everybody.call(method, path, with_text(place, given))
                assert answer.status_code == 422, (method, path, place, given, answer.text)
                assert ".".join(map(str, place)) in answer.json["errors"], (method, path, place, answer.text)
                tried += 1
    assert tried > 100


def test_no_parameter_of_a_search_takes_it_either(everybody):
    tried = 0
    for method, path, operation, document in operations(everybody):
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "query" and resolved(parameter["schema"], document).get("type") == "string":
                answer = everybody.call(method, f"{path}?{parameter['name']}=a%E2%80%AEb")
                assert answer.status_code == 422, (method, path, answer.text)
                assert parameter["name"] in answer.json["errors"]
                tried += 1
    assert tried > 50


def test_a_parameter_of_another_kind_is_not_blank(everybody):
    tried = 0
    for method, path, operation, document in operations(everybody):
        for parameter in operation.get("parameters", []):
            schema = resolved(parameter["schema"], document)
            kind = schema.get("type")
            kinds = kind if isinstance(kind, list) else [kind]
            other = "string" not in kinds or "format" in schema
            # A list that is left blank is empty.
            if parameter["in"] == "query" and other and "array" not in kinds:
                answer = everybody.call(method, f"{path}?{parameter['name']}=")
                assert answer.status_code == 422, (method, path, parameter["name"], answer.text)
                assert parameter["name"] in answer.json["errors"], (method, path, answer.text)
                tried += 1
    assert tried > 50


UNREADABLE = {
    b'{"name": ': "json",
    b"\xff": "utf-8",
    b'{"a":' * 100_000: "depth",
    b'{"name": ' + b"9" * 5000 + b"}": "digits",
    b'{"name": "\\ud800"}': "surrogate",
    b'{"name": "a", "name": "b"}': "duplicate",
    b'{"name": NaN}': "number",
}


def test_every_operation_reads_its_body_strictly_and_says_which_limit(everybody):
    for method, path, _operation, _document in some(taking_bodies(everybody), least=80):
        for body, limit in UNREADABLE.items():
            answer = sent(everybody, method, path, body)
            assert (answer.status_code, answer.json["limit"]) == (400, limit), (method, path, body[:20], answer.text)


def test_another_content_type_is_415_with_what_is_accepted_and_nothing_is_cleared(everybody):
    for method, path, _operation, _document in some(taking_bodies(everybody), least=80):
        for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
            answer = sent(everybody, method, path, b"a=b", content_type=kind)
            assert (answer.status_code, answer.headers.get("Accept")) == (415, "application/json"), (method, path, kind)


def test_an_edit_without_a_body_is_refused_and_a_creation_names_what_is_missing(everybody):
    for method, path, operation, document in some(taking_bodies(everybody), least=80):
        schema = body_of(operation, document)
        answer = sent(everybody, method, path, b"", content_type="application/json")
        if method in {"PUT", "PATCH"}:
            assert (answer.status_code, answer.json["limit"]) == (400, "empty"), (method, path)
        elif schema.get("required"):
            assert answer.status_code == 422, (method, path)
        else:
            assert answer.status_code not in {400, 415, 422}, (method, path)
        assert operation["requestBody"]["required"] is (method != "POST" or "required" in schema), (method, path)


@pytest.mark.parametrize("body", [[], "x", 3, None, {"self": 1}, {"sentence": "x"}, {"": {"": 1}}])
def test_a_body_of_another_shape_is_a_422(body, everybody):
    for method, path, _operation, _document in some(taking_bodies(everybody), least=80):
        answer = sent(everybody, method, path, json.dumps(body).encode())
        assert answer.status_code == 422, (method, path, body, answer.text)


def test_put_takes_the_whole_and_nothing_is_cleared_by_what_is_left_out(everybody):
    for method, path, operation, document in some(each for each in taking_bodies(everybody) if each[0] == "PUT"):
        answer = sent(everybody, method, path, b"{}")
        assert answer.status_code == 422, (path, answer.text)
        writable = {
            name
            for name, part in body_of(operation, document)["properties"].items()
            if not resolved(part, document).get("readOnly")
        }
        assert set(answer.json["errors"]) == writable, path


def test_a_price_without_its_amount_is_named(everybody):
    line = everybody.post("/coach/offerings", an_offering()).json
    for price in ({}, {"amount": 9000}, {"currency": "usd"}):
        answer = everybody.patch(f"/coach/offerings/{line['id']}", {"price": price}, If_Match="*")
        assert answer.status_code == 422, price
        assert all(name.startswith("price.") for name in answer.json["errors"])


def test_a_body_beyond_all_bounds_is_413_and_says_how_large_it_may_be(api):
    answer = sent(api(a_person()), "PATCH", "/me", b" " * 1_000_001)
    assert (answer.status_code, answer.json["limit"]) == (413, "size")
    assert "1,000,000 bytes" in answer.json["detail"]


def sent(client, method, path, body, content_type="application/json"):
    headers = client._headers | ({"Content-Type": content_type} if content_type else {}) | {"If-Match": "*"}
    return client._client.open(f"/api/v1{path}", method=method, data=body, headers=headers)


def an_offering():
    price = {"amount": 12000, "currency": "usd"}
    return {"title": "An hour", "kind": "mentor", "minutes": 60, "price": price}
