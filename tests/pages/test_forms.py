import pytest
from marshmallow import Schema, fields

from marketplace.error_answers import invalid
from marketplace.errors import Invalid
from marketplace.pages.forms import load


class ThingSchema(Schema):
    title = fields.String(required=True)
    minutes = fields.Integer()
    limit = fields.Integer(allow_none=True)
    by_approval = fields.Boolean()
    kinds = fields.List(fields.String())
    starts = fields.String(data_key="start")


@pytest.mark.parametrize(
    ("form", "loaded"),
    [
        ({"title": "x"}, {"title": "x", "by_approval": False, "kinds": []}),
        ({"title": "", "minutes": "", "limit": ""}, {"title": "", "limit": None, "by_approval": False, "kinds": []}),
        (
            {"title": "x", "minutes": "60", "by_approval": "yes", "kinds": ["a", "b"], "start": "9"},
            {"title": "x", "minutes": 60, "by_approval": True, "kinds": ["a", "b"], "starts": "9"},
        ),
    ],
)
def test_a_form_becomes_the_schemas_values(app, form, loaded):
    with app.test_request_context("/", method="POST", data=form):
        assert load(ThingSchema()) == loaded


def test_a_wrong_form_names_its_fields(app):
    with app.test_request_context("/", method="POST", data={"minutes": "soon"}), pytest.raises(Invalid) as refused:
        load(ThingSchema())
    assert set(refused.value.fields) == {"title", "minutes"}


def test_fields_inside_others_are_dotted():
    messages = {"hours": {0: {"start": ["No."]}}, "_schema": ["Both."], "name": {"_schema": ["Odd."]}}
    assert invalid(messages).fields == {"hours.0.start": ["No."], "form": ["Both."], "name": ["Odd."]}
