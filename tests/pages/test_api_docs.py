"""The API's pages: every call and every object of the document stands there, readable without JavaScript."""

import pytest

from marketplace.pages import api_reference
from marketplace.pages.api_docs import coded

LIGHT_BYTES = 40_000


@pytest.fixture
def document(app):
    return app.extensions["api"].document


def test_every_call_is_listed_and_has_a_page_with_its_objects(document, client):
    listed = client.get("/api/v1/docs")
    assert len(listed.data) < LIGHT_BYTES
    shown = 0
    for subject in api_reference.subjects(document):
        for call in subject.calls:
            page = client.get(f"/api/v1/docs/{call.name}")
            assert (page.status_code, len(page.data) < LIGHT_BYTES) == (200, True), (call.name, len(page.data))
            assert f'href="/api/v1/docs/{call.name}"' in listed.text
            named = [f'id="object-{each.name}"' for each in api_reference.objects(document, call)]
            assert [name for name in named if name not in page.text] == []
            shown += 1
    assert shown == sum(len(set(item) - {"parameters"}) for item in document["paths"].values()) > 100


def test_calls_are_found_by_their_words(client):
    found = client.get("/api/v1/docs?text=waitlist+post").get_data(as_text=True)
    assert "POST /waitlist" in found
    assert "GET /me</a>" not in found
    assert "No call says that." in client.get("/api/v1/docs?text=flying+saucer").get_data(as_text=True)


def test_there_is_no_page_of_a_call_that_does_not_exist(client):
    assert client.get("/api/v1/docs/astrology").status_code == 404


@pytest.mark.parametrize(
    ("schema", "words", "of"),
    [
        ({"type": "string", "format": "uuid"}, "uuid", None),
        ({"type": ["string", "null"], "format": "date-time"}, "date-time or null", None),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Tier"}}, "list of Tier", "Tier"),
        ({"anyOf": [{"$ref": "#/components/schemas/Money"}, {"type": "null"}]}, "Money or null", "Money"),
        ({}, "any", None),
    ],
)
def test_the_kind_of_a_value_is_told_in_words(schema, words, of):
    assert api_reference._kind(schema) == api_reference.ValueKind(words, of)


def test_bounds_and_choices_are_told():
    field = api_reference._field("as", {"type": "string", "enum": ["mentee", "coach"], "default": "mentee"}, False)
    assert field.notes == ("one of `mentee`, `coach`", "else `mentee`")
    assert api_reference._field("note", {"type": "string", "maxLength": 80}, True).notes == ("at most 80 characters",)


def test_an_apostrophe_in_an_example_stays_inside_the_command():
    schemas = {"Word": {"examples": [{"word": "it's"}]}}
    document = {"servers": [{"url": "https://example.org/"}], "components": {"schemas": schemas}}
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Word"}}}}
    command = api_reference._command(document, "post", "/words", {"requestBody": body})
    assert command.startswith("curl -X POST 'https://example.org/words'")
    assert "it'\\''s" in command


def test_what_stands_in_backticks_is_code_and_nothing_is_markup():
    assert str(coded("`If-Match` says <b>")) == "<code>If-Match</code> says &lt;b&gt;"
