"""What comes in and goes out about earlier answers."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from marketplace.accounts.schemas import Trimmed
from marketplace.asks.earlier_answers.rules import SOURCES, Source
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l


class EarlierAnswerSchema(Schema):
    """Something of the coach that may answer what you ask: `answer`, or what stands on the shelf (`url`)."""

    source = fields.String(attribute="source.kind", metadata={"enum": list(SOURCES)})
    id = fields.UUID(attribute="source.id")
    title = fields.String()
    line = fields.String(metadata={"description": "the question, or a line on whom it helps"})
    language = fields.String()
    answer = fields.String(metadata={"description": "in Markdown; empty for what stands on the shelf"})
    url = fields.String(metadata={"description": "empty for a published answer"})


class EnoughSchema(Trimmed):
    """Which of the coach's earlier answers was enough."""

    source = fields.String(
        required=True,
        validate=validate.OneOf(SOURCES, error=_l("Choose one of {choices}.")),
        metadata={"enum": list(SOURCES)},
    )
    id = fields.UUID(required=True)


class CountedSchema(Schema):
    """Whether it counted now; it counts once for a person."""

    counted = fields.Boolean()


class ChosenSchema(Trimmed):
    """Which of those that were shown it is, as a form sends it."""

    source = fields.String(load_default="")

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        found = Source.read(data["source"])
        if data["source"] and found is None:
            raise ValidationError(_("Choose one of those that are shown."), "source")
        return {"source": found}
