"""Unmet demand as programs read it."""

from typing import Any

from marshmallow import Schema, fields, validate

from marketplace.asks.demand.rules import FEWEST, LOOKED_BACK_DAYS
from marketplace.languages import lazy_gettext

# marshmallow makes text of it when it says it.
_l: Any = lazy_gettext

FURTHEST: Any = _l("Ask for 1 to 100, from a place between 0 and 10,000.")
PEOPLE = {"description": f"people in the last {LOOKED_BACK_DAYS} days; null: fewer than {FEWEST}"}


class UnmetDemandSchema(Schema):
    """A topic in a language, and how many did not get it."""

    topic = fields.String(metadata={"description": "empty: the ask named none of its coach's topics"})
    language = fields.String(metadata={"example": "en"})
    declined = fields.Integer(allow_none=True, metadata=PEOPLE)
    lapsed = fields.Integer(allow_none=True, metadata=PEOPLE)
    waiting = fields.Integer(allow_none=True, metadata=PEOPLE)
    searched = fields.Integer(allow_none=True, metadata=PEOPLE)


class UnmetDemandPageSchema(Schema):
    """Rows by topic and language; `next_cursor` goes into `after`, null ends it."""

    items = fields.List(fields.Nested(UnmetDemandSchema))
    next_cursor = fields.Integer(allow_none=True)


class UnmetDemandQuerySchema(Schema):
    """Where to go on, and how many rows."""

    after = fields.Integer(
        load_default=0, validate=validate.Range(0, 10_000, error=FURTHEST), error_messages={"invalid": FURTHEST}
    )
    limit = fields.Integer(
        load_default=100, validate=validate.Range(1, 100, error=FURTHEST), error_messages={"invalid": FURTHEST}
    )


class OwnUnmetDemandQuerySchema(UnmetDemandQuerySchema):
    """The same, of all topics or of one's own."""

    mine = fields.Boolean(load_default=False, error_messages={"invalid": _l("Say true or false.")})
