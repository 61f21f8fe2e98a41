"""No form takes what hides or turns letters, nor a text of which nothing can be seen."""

import importlib
import inspect
import pkgutil

import pytest
from marshmallow import Schema, fields

import marketplace
from marketplace.errors import Invalid
from marketplace.pages import forms
from tests.factories import a_coach, a_person

UGLY = ("gro\u202eygrone", "\u200b\u200b\u200b", "a\x00b", "a\u2028b", "\u3164")
ARGUMENTS = {"currency": "usd", "coach": None}


def every_schema():
    """Each schema that a form or a body is loaded by."""
    for module in pkgutil.walk_packages(marketplace.__path__, "marketplace."):
        if "schemas" in module.name:
            for _name, found in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
                if issubclass(found, Schema) and found.__module__ == module.name:
                    yield found


def made(kind: type[Schema]) -> Schema:
    wanted = inspect.signature(kind.__init__).parameters
    return kind(**{name: value for name, value in ARGUMENTS.items() if name in wanted})


def test_no_text_field_of_any_form_takes_it(app):
    tried = 0
    for kind in every_schema():
        for name, field in made(kind).load_fields.items():
            key = field.data_key or name
            for words in UGLY if isinstance(field, fields.String) else ():
                with app.test_request_context("/x", method="POST", data={key: words}):
                    with pytest.raises(Invalid) as refused:
                        forms.load(made(kind))
                    assert key in refused.value.fields, (kind, key, words)
                tried += 1
    assert tried > 300


def test_a_field_that_comes_twice_is_not_half_read(app, client):
    coach = a_coach()
    client.sign_in(coach.user)
    answer = client.submit("/account", {"name": ["Ada", "Eve"], "timezone": "UTC"})
    assert answer.status_code == 422
    assert "Fill this in once." in answer.text


@pytest.mark.parametrize("words", UGLY)
def test_nobody_signs_up_under_a_name_that_hides(words, client):
    answer = client.submit(
        "/register",
        {"name": words, "email": "new@example.org", "password": "correct horse battery", "timezone": "UTC"},
    )
    assert answer.status_code in {200, 422}
    assert "Write" in answer.text


def test_what_was_typed_is_shown_again_beside_what_is_wrong(client):
    client.sign_in(a_person("Mia"))
    answer = client.submit("/account", {"name": "Mi\u202ea", "timezone": "Asia/Tokyo"})
    assert answer.status_code == 422
    assert "U+202E (right-to-left override), character 3" in answer.text
    assert "Asia/Tokyo" in answer.text


def test_a_page_says_what_it_reads_instead_of_passing_over_the_rest(client):
    client.sign_in(a_coach().user)
    for kind in ("application/json", "text/plain"):
        answer = client.post("/dashboard/time-off/limits", data="{}", content_type=kind)
        assert answer.status_code == 415
        assert "application/x-www-form-urlencoded" in answer.headers["Accept"]
