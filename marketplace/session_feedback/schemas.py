"""What comes in and goes out about session feedback."""

from typing import Any

from marshmallow import Schema, fields, validate

from marketplace.accounts.schemas import Derived, Trimmed
from marketplace.coaches.schemas import saying
from marketplace.languages import lazy_gettext as _l
from marketplace.schema_fields import TrueOrFalse
from marketplace.session_feedback.rules import ANSWERS, SIDES

CHOOSE_KIND, CHOOSE_ANSWER = _l("Choose which kind of help it was."), _l("Say whether it dealt with what was asked.")


class FeedbackWriteSchema(Trimmed):
    """Which kind of help a session was, and whether it dealt with what was asked."""

    kind = fields.String(
        required=True,
        error_messages=saying(CHOOSE_KIND),
        validate=validate.OneOf(list(ANSWERS), error=CHOOSE_KIND),
        metadata={"enum": list(ANSWERS)},
    )
    dealt_with = TrueOrFalse(required=True, error_messages=saying(CHOOSE_ANSWER))


class FeedbackFormSchema(FeedbackWriteSchema):
    """The same as a form sends it: yes or no."""

    dealt_with = fields.String(  # type: ignore[assignment]
        required=True,
        error_messages=saying(CHOOSE_ANSWER),
        validate=validate.OneOf(("yes", "no"), error=CHOOSE_ANSWER),
    )


class FeedbackSchema(Schema):
    """What you said of a session; null where you have not. `is_open`: it can be said, or changed, now."""

    side = fields.String(metadata={"enum": list(SIDES)})
    kind = fields.String(allow_none=True, metadata={"enum": [*ANSWERS, None]})
    dealt_with = fields.Boolean(allow_none=True)
    is_open = fields.Boolean()


class DealtSchema(Schema):
    """How many mentees say that it dealt with what they asked."""

    yes = fields.Integer(attribute="dealt")
    of = fields.Integer(attribute="judged")


class LabelTallySchema(Schema):
    """What was said of an offering's sessions; your own word for your own label is not counted."""

    said = fields.Integer()
    right = fields.Integer(metadata={"description": "how many say that the label was right"})
    kinds = fields.Dict(keys=fields.String(), values=fields.Integer(), metadata={"description": "how many said which"})
    dealt = Derived(
        DealtSchema,
        lambda tally: tally if tally.tells_dealt else None,
        allow_none=True,
        metadata={"description": "null below five"},
    )
    is_wrong = fields.Boolean(metadata={"description": "wrong more often than right"})


class LabelSchema(Schema):
    """An offering with what was said of its label; null with fewer answers than five."""

    offering_id = fields.UUID(attribute="offering.id")
    title = fields.String(attribute="offering.title")
    label = fields.String(attribute="offering.kind")
    tally: Any = Derived(
        LabelTallySchema, lambda label: label.tally if label.tally.is_telling else None, allow_none=True
    )


class LabelsSchema(Schema):
    """Your published offerings."""

    items = fields.List(fields.Nested(LabelSchema))


class WrongLabelSchema(LabelSchema):
    """An offering whose label is wrong more often than right, with its coach."""

    coach_id = fields.UUID(attribute="offering.coach_id")
    handle = fields.String(attribute="offering.coach.handle")


class WrongLabelsSchema(Schema):
    """Those with the most that say so first."""

    items = fields.List(fields.Nested(WrongLabelSchema))
