"""What `make security` sends and finds, and a small part of it against a site of its own."""

import json
import subprocess
import sys

import pytest
import requests

from devtools import env, ugly_texts

DOCUMENT = {
    "components": {
        "schemas": {
            "Note": {
                "type": "object",
                "properties": {
                    "text": {"type": "string"},
                    "cents": {"type": "integer"},
                    "tags": {"type": "array", "items": {"type": ["string", "null"]}},
                    "price": {"anyOf": [{"$ref": "#/components/schemas/Money"}, {"type": "null"}]},
                },
                "examples": [{"text": "x", "cents": 1, "tags": ["a"], "price": None}],
            },
            "Money": {"type": "object", "properties": {"currency": {"type": "string"}}},
        }
    }
}
NOTE = {"$ref": "#/components/schemas/Note"}
OPERATION = {"responses": {"200": {}, "422": {}}}


@pytest.mark.pure
def test_every_text_of_a_body_is_found_and_replaced_and_the_rest_stays_as_the_example():
    places = list(ugly_texts._texts(NOTE, DOCUMENT))
    assert places == [("text",), ("tags", 0), ("price", "currency")]
    example = ugly_texts._example(NOTE, DOCUMENT)
    bodies = [json.loads(ugly_texts._whole(example, place, '"\\u202e"')) for place in places]
    assert [body["text"] for body in bodies] == ["\u202e", "x", "x"]
    assert bodies[1]["tags"] == ["\u202e"]
    assert bodies[2] == {"text": "x", "cents": 1, "tags": ["a"], "price": {"currency": "\u202e"}}


@pytest.mark.pure
def test_a_surrogate_alone_is_sent_as_json_writes_it():
    body = ugly_texts._whole({"text": "x"}, ("text",), ugly_texts.AS_WRITTEN["a high surrogate alone"])
    assert body == '{"text": "\\ud800"}'


@pytest.mark.pure
@pytest.mark.parametrize(
    ("status", "kind", "fault"),
    [
        (200, "application/json", ""),
        (422, "application/problem+json", ""),
        (422, "text/html", "422 is no problem document"),
        (409, "application/problem+json", "409, of which the document says nothing"),
        (500, "application/problem+json", "500: "),
        (404, "application/problem+json", ""),
    ],
)
def test_what_is_broken_undocumented_or_no_problem_is_a_fault(status, kind, fault):
    answer = requests.Response()
    answer.status_code, answer._content = status, b""
    answer.headers["Content-Type"] = kind
    assert ugly_texts._fault(answer, OPERATION) == fault


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_nothing_breaks_when_an_admin_calls_in_ways_that_nobody_would():
    command = [sys.executable, "-m", "devtools.security", "--as", "admin", "--examples", "2", "--seed", "1"]
    command += ["--limits", "off", "--phases", "examples,stateful", "--every", "9"]
    told = subprocess.run(command, cwd=env.ROOT, capture_output=True, text=True, timeout=880, check=False)
    assert told.returncode == 0, told.stdout[-4000:] + told.stderr
    assert "0 × 500, 0 faults" in told.stdout.splitlines()[-1]
