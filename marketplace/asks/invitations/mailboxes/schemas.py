"""What comes in and goes out about mailboxes, for the API."""

from typing import Any

from marshmallow import Schema, fields, pre_dump

from marketplace.asks.invitations.mailboxes.models import ReceivedMail
from marketplace.asks.invitations.mailboxes.rules import states
from marketplace.languages import translated


class MailInAddressSchema(Schema):
    """Where you forward invitations; null where there is no address. Whoever has it cannot bill anybody by it."""

    address = fields.String(allow_none=True)


class ReceivedMailSchema(Schema):
    """A mail that came to your address and was not used, with the reason. It is forgotten after 30 days."""

    id = fields.UUID()
    status = fields.String(metadata={"enum": list(states.STATES.states)})
    sender = fields.String(metadata={"description": "whom it says it is from"})
    subject = fields.String()
    reason = fields.String()
    received_at = fields.AwareDateTime()

    @pre_dump
    def told(self, mail: ReceivedMail, **_options: Any) -> dict[str, Any]:
        return {name: getattr(mail, name) for name in self.fields} | {"reason": translated(mail.reason)}


class ReceivedMailsSchema(Schema):
    """Mails that were not used, the newest first, at most 50."""

    items = fields.List(fields.Nested(ReceivedMailSchema))
