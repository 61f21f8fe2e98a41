"""Reasons as the API tells them: code, parameters and sentence."""

from typing import Any

from marshmallow import Schema, fields

from marketplace.payouts.rules.reasons import SENTENCES, Reason


class ReasonSchema(Schema):
    """Why something waits or failed: a code, its parameters, and the sentence for who reads it."""

    code = fields.String(metadata={"enum": list(SENTENCES)})
    parameters = fields.Dict(
        keys=fields.String(),
        values=fields.Raw(metadata={"type": ["string", "integer"]}),
        metadata={"description": "`amount` in minor units with its `currency`, or `words` as somebody gave them"},
    )
    sentence = fields.String()


def told(reason: Reason | None, coach_name: str | None) -> dict[str, Any] | None:
    """A reason as the API tells it to an admin, who reads `coach_name`.

    Without one, to the coach.
    """
    if reason is None:
        return None
    return {
        "code": reason.code,
        "parameters": reason.parameters_for(coach_name),
        "sentence": reason.told(coach_name),
    }
