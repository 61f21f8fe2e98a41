"""Where a coach connects a bank at Stripe."""

from typing import Any

from marshmallow import Schema, fields, pre_dump, pre_load

from marketplace.coaches.schemas import FILL_IN
from marketplace.payouts.models import ConnectedAccount


class BankSchema(Schema):
    """Where a coach's bank is: an ISO 3166-1 alpha-2 code, in either case."""

    country = fields.String(required=True, error_messages=FILL_IN, metadata={"example": "DE"})

    @pre_load
    def _capitals(self, data: Any, **_: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("country"), str):
            return {**data, "country": data["country"].strip().upper()}
        return data


class LinkSchema(Schema):
    """Where to go on; the address works once."""

    url = fields.String()


class BankStateSchema(Schema):
    """A coach's bank: `status` is Stripe's word, `ready` whether a payout can be sent there."""

    connected = fields.Boolean()
    ready = fields.Boolean()
    country = fields.String(allow_none=True)
    status = fields.String(allow_none=True)
    checked_at = fields.AwareDateTime(allow_none=True)

    @pre_dump
    def told(self, bank: ConnectedAccount | None, **_: Any) -> dict[str, Any]:
        if bank is None or bank.stripe_id is None:
            return {"connected": False, "ready": False, "country": None, "status": None, "checked_at": None}
        told = {"connected": True, "ready": bank.ready, "country": bank.country}
        return told | {"status": bank.capability_status, "checked_at": bank.checked_at}
