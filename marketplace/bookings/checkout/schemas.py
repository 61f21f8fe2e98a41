"""What goes out to pay with."""

from marshmallow import Schema, fields


class PayLinkSchema(Schema):
    """The hosted page to pay on; the same one at each call."""

    url = fields.String()
