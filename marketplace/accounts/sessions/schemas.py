"""What goes out about where people are signed in, for the pages and the API alike."""

from marshmallow import Schema, fields

from marketplace.accounts.sessions import rules


class UserSessionSchema(Schema):
    """A browser in which you are signed in; never the secret in its cookie."""

    id = fields.UUID()
    browser = fields.Function(
        lambda one: rules.browser_name(one.user_agent),
        metadata={"type": "string", "example": "Firefox on Windows"},
    )
    user_agent = fields.String(metadata={"description": "What the browser says of itself"})
    place = fields.String(metadata={"description": "The address on the internet from which you signed in"})
    created_at = fields.AwareDateTime(metadata={"description": "When you signed in there"})
    last_seen_at = fields.AwareDateTime(metadata={"description": "When it was last used, to five minutes"})


class EndedSessionsSchema(Schema):
    """How many browsers were signed out."""

    ended = fields.Integer()
