"""Events: v1 snapshots and v2 thin ones, kept for the API and queued for delivery."""

from datetime import UTC, datetime
from typing import Any

import stripe
import stripe.v2.core

from . import deliveries
from .box import Sandbox
from .ids import new_id
from .render import computed, render
from .shapes import Obj, shape


def iso(seconds: int) -> str:
    """Seconds since 1970 as v2 writes times: `2026-11-23T18:00:00.000Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def emit(box: Sandbox, kind: str, obj: Obj, account: str = "", previous: Obj | None = None) -> Obj:
    """Keep and queue a v1 event with a snapshot of `obj`; `previous` holds the former values of what changed."""
    data: Obj = {"object": render(box, obj)}
    if previous is not None:
        data["previous_attributes"] = previous
    cause = box.request
    event = shape(
        stripe.Event,
        id=new_id("evt"),
        api_version=stripe.api_version,
        created=box.now(),
        data=data,
        pending_webhooks=0,
        request={"id": cause and cause.id, "idempotency_key": cause and cause.idempotency_key},
        type=kind,
    )
    if account:
        event["account"] = account
    box.add(event, account)
    deliveries.enqueue(box, event, "connect" if account else "platform")
    return event


def emit_thin(box: Sandbox, kind: str, account_id: str, data: dict[str, Any] | None = None) -> Obj:
    """Keep and queue a v2 event about a connected account; only fetching it shows its `data`."""
    cause = box.request
    event = shape(
        stripe.v2.core.Event,
        id=new_id("evt_test"),
        created=iso(box.now()),
        context=None,
        reason={"type": "request", "request": {"id": cause.id, "idempotency_key": cause.idempotency_key or ""}}
        if cause
        else None,
        related_object={
            "id": account_id,
            "type": "v2.core.account",
            "url": f"/v2/core/accounts/{account_id}",
        },
        type=kind,
    )
    if data is not None:
        event["data"] = data
    box.add(event)
    deliveries.enqueue(box, event, "thin")
    return event


@computed("event")
def _event(box: Sandbox, event: Obj) -> Obj:
    waiting = box.store.db.execute(
        "select count(distinct endpoint_id) from deliveries where event_id = ? and status <> 'delivered'",
        (event["id"],),
    )
    return {"pending_webhooks": waiting.fetchone()[0]}
