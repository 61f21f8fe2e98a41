"""The answers to the guide's questions as they come in, and its advice as it goes out."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, pre_dump, validate

from marketplace.coaches.guide import rules
from marketplace.languages import lazy_gettext as _l

CHOOSE_ONE_OF_THE_ANSWERS: Any = _l("Choose one of the answers.")


def _one_of(answers: Any, said: str) -> fields.String:
    chosen = validate.OneOf(list(answers), error=CHOOSE_ONE_OF_THE_ANSWERS)
    return fields.String(validate=chosen, metadata={"description": said})


class GuideAnswersSchema(Schema):
    """What has been answered so far. `detail` is asked where the need wants it, `pays` where something is sold."""

    need = _one_of(rules.NEEDS, "what is needed most")
    detail = _one_of((rules.YES, rules.NO), "the question that follows from the need")
    pays = _one_of((rules.YES, rules.NO), "can somebody pay for an hour?")


class GuideQuestionSchema(Schema):
    """A question, and its answers by the word that is sent."""

    name = fields.String(metadata={"enum": ["need", "detail", "pays"]})
    words = fields.String()
    answers = fields.Dict(keys=fields.String(), values=fields.String())


class GuideSchema(Schema):
    """What to ask next, or where it leads: a kind of help, or null where nothing should be bought, with the reason.

    Both `question` and `reason` are null at once in no answer.
    """

    question = fields.Nested(GuideQuestionSchema, allow_none=True)
    kind = fields.String(
        allow_none=True,
        metadata={"enum": ["mentor", "tutor", "career_coach", "therapist", "sponsor", None]},
    )
    is_sold = fields.Boolean(metadata={"description": "it can be booked here; sponsorship cannot be bought"})
    reason = fields.String(allow_none=True)

    @pre_dump
    def told(self, answered: Mapping[str, Any], **_options: Any) -> dict[str, Any]:
        asked, advice = answered["asked"], answered["advice"]
        if advice is None:
            return {"question": asked[-1], "kind": None, "is_sold": False, "reason": None}
        reason = str(rules.REASONS[advice.reason])
        return {"question": None, "kind": advice.kind, "is_sold": advice.is_sold, "reason": reason}
