"""What marshmallow says by itself is read in the reader's language, what it fills in included."""

import pytest
from marshmallow import Schema, ValidationError, fields, validate

from marketplace import schema_messages
from marketplace.languages import Preferences, speaking
from marketplace.languages.preferences import PSEUDO

pytestmark = pytest.mark.pure
WRONG = [
    (fields.String(), 3),
    (fields.String(), None),
    (fields.Integer(), "x"),
    (fields.Boolean(), "x"),
    (fields.UUID(), "x"),
    (fields.Date(), "x"),
    (fields.AwareDateTime(), "x"),
    (fields.AwareDateTime(), "2027-03-01T18:00:00"),
    (fields.List(fields.String()), "x"),
    (fields.List(fields.Integer()), ["x"]),
    (fields.Email(), "x"),
    (fields.Url(), "x"),
    (fields.Decimal(), "nan"),
    (fields.Dict(), "x"),
    (fields.String(validate=validate.Length(min=2)), "x"),
    (fields.String(validate=validate.Length(max=2)), "xxx"),
    (fields.String(validate=validate.Length(min=2, max=3)), "x"),
    (fields.String(validate=validate.Length(equal=3)), "x"),
    (fields.String(validate=validate.OneOf(["{a}", "b"])), "x"),
    (fields.String(validate=validate.Regexp("a")), "x"),
    (fields.Integer(validate=validate.Range(min=2)), 1),
    (fields.Integer(validate=validate.Range(max=2)), 3),
    (fields.Integer(validate=validate.Range(min=2, max=4)), 5),
    (fields.Nested(Schema.from_dict({"a": fields.String()})), "x"),
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_each_complaint_is_known(field, value):
    with pytest.raises(ValidationError) as refused:
        Schema.from_dict({"it": field})().load({"it": value})
    with speaking(Preferences(PSEUDO)):
        assert all(schema_messages.spoken(said).startswith("⟦") for said in _sentences(refused.value.messages["it"]))


def test_what_is_missing_and_what_is_unknown_is_said_too():
    schema = Schema.from_dict({"it": fields.String(required=True)})()
    with pytest.raises(ValidationError) as refused:
        schema.load({"that": 1})
    with speaking(Preferences(PSEUDO)):
        said = [schema_messages.spoken(each) for each in _sentences(refused.value.messages)]
    assert len(said) == 2
    assert all(each.startswith("⟦") for each in said)


def test_what_was_filled_in_stays():
    with speaking(Preferences(PSEUDO)):
        assert "{a}, b" in schema_messages.spoken("Must be one of: {a}, b.")
        assert "300" in schema_messages.spoken("Longer than maximum length 300.")


def test_in_english_nothing_changes_nor_does_a_sentence_of_ours():
    assert schema_messages.spoken("Must be one of: a, b.") == "Must be one of: a, b."
    assert schema_messages.spoken("Say why: both read it.") == "Say why: both read it."


def _sentences(found):
    if isinstance(found, dict):
        return [said for part in found.values() for said in _sentences(part)]
    return found if isinstance(found, list) else [found]
