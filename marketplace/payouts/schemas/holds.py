"""Holds on a coach's payouts."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from marketplace.coaches.schemas import FILL_IN
from marketplace.languages import lazy_gettext as _l


class PayoutHoldSchema(Schema):
    """Why a coach's payouts are on hold; the coach reads it."""

    reason = fields.String(
        required=True,
        validate=validate.Length(max=500, error=_l("Say it in {max} characters or fewer.")),
        error_messages=FILL_IN,
        metadata={"description": "The coach reads it"},
    )
    id = fields.UUID(dump_only=True)
    coach_id = fields.UUID(dump_only=True)
    placed_at = fields.AwareDateTime(dump_only=True)
    released_at = fields.AwareDateTime(dump_only=True, allow_none=True)

    @post_load
    def _trimmed(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        reason = data["reason"].strip()
        if not reason:
            raise ValidationError(FILL_IN["required"], "reason")
        return data | {"reason": reason}
