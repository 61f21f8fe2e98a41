"""What comes in and goes out about policies, for the pages and the API alike."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, pre_dump

from marketplace.accounts.schemas import Trimmed
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.policies import queries
from marketplace.policies.models import PolicyVersion

FILL_THIS_IN: Any = _l("Fill this in.")
GIVE_IT_A_NAME: Any = _l("Give it a name.")

WHOLE: Any = _l("Write a whole number.")
NUMBER: dict[str, Any] = {"required": FILL_THIS_IN, "null": _l("Fill this in."), "invalid": WHOLE}
STEPS: Any = _l("Give a list of steps, each with hours and percent.")


class TierSchema(Schema):
    """Until so many `hours` before the start, so many `percent` of the price are refunded."""

    hours = fields.Integer(required=True, strict=True, error_messages=NUMBER, metadata={"example": 24})
    percent = fields.Integer(required=True, strict=True, error_messages=NUMBER, metadata={"example": 100})


class PolicyTermsSchema(Trimmed):
    """What a version says."""

    tiers: fields.Field[Any] = fields.List(
        fields.Nested(TierSchema),
        required=True,
        error_messages={"required": STEPS, "null": STEPS, "invalid": STEPS},
        metadata={"description": "from the earliest on; the first refunds 100 %, after the last nothing is refunded"},
    )
    grace_minutes = fields.Integer(required=True, error_messages=NUMBER)
    reschedules = fields.Integer(
        required=True, error_messages=NUMBER, metadata={"description": "how often a mentee may move a session"}
    )
    reschedule_hours = fields.Integer(
        required=True, error_messages=NUMBER, metadata={"description": "until so many hours before its start"}
    )

    @post_load
    def as_pairs(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        return data | {"tiers": [(tier["hours"], tier["percent"]) for tier in data["tiers"]]}


class PolicyCreateSchema(PolicyTermsSchema):
    """A new policy."""

    name = fields.String(required=True, error_messages={"required": GIVE_IT_A_NAME})


class PolicyReviseSchema(PolicyTermsSchema):
    """A new version, after the one that was looked at."""

    after_version = fields.Integer(required=True, error_messages=NUMBER)


class _Rows(Schema):
    """The same from a page: each step is a row of two fields, and a row left blank is none."""

    hours = fields.List(fields.String())
    percent = fields.List(fields.String())

    @post_load
    def as_pairs(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        rows = list(zip(data.pop("hours"), data.pop("percent"), strict=False))
        try:
            pairs = [(int(hours), int(percent)) for hours, percent in rows if hours.strip() or percent.strip()]
        except ValueError as error:
            raise ValidationError(_("Write whole numbers, and both of each step."), "tiers") from error
        return data | {"tiers": pairs}


class PolicyCreateFormSchema(_Rows, PolicyCreateSchema):
    """A new policy, from a page."""

    class Meta:
        """The rows stand for it."""

        exclude = ("tiers",)


class PolicyReviseFormSchema(_Rows, PolicyReviseSchema):
    """A new version, from a page."""

    class Meta:
        """The rows stand for it."""

        exclude = ("tiers",)


class PolicySchema(Schema):
    """A policy as it is sold now. Send `version_id` with a hold, and you get these terms or none."""

    id = fields.UUID()
    name = fields.String()
    is_house = fields.Boolean(metadata={"description": "offerings whose policy_id is null follow it"})
    version = fields.Integer()
    version_id = fields.UUID()
    tiers = fields.List(fields.Nested(TierSchema))
    grace_minutes = fields.Integer()
    reschedules = fields.Integer()
    reschedule_hours = fields.Integer()
    sentences = fields.List(fields.String())
    retired_at = fields.AwareDateTime(allow_none=True)
    made_at = fields.AwareDateTime(metadata={"description": "when this version was made"})

    @pre_dump
    def as_data(self, version: PolicyVersion, **_more: Any) -> dict[str, Any]:
        policy = version.policy
        said = ("grace_minutes", "reschedules", "reschedule_hours", "made_at")
        return {name: getattr(version, name) for name in said} | {
            "id": policy.id,
            "name": policy.name,
            "is_house": policy.is_house,
            "retired_at": policy.retired_at,
            "version": version.number,
            "version_id": version.id,
            "tiers": [{"hours": hours, "percent": percent} for hours, percent in version.tiers],
            "sentences": queries.terms_of(version).sentences(),
        }


class PoliciesSchema(Schema):
    """Policies, the house's first."""

    items = fields.List(fields.Nested(PolicySchema))
