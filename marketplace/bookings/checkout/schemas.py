"""What goes out to pay with."""

from marshmallow import Schema, fields


class OtherSessionSchema(Schema):
    """Another session of the mentee's."""

    id = fields.UUID()
    title = fields.String()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()


class PayLinkSchema(Schema):
    """The hosted page to pay on, the same one at each call; `overlapping` is what you have at the same time already."""

    url = fields.String()
    overlapping = fields.List(fields.Nested(OtherSessionSchema))
