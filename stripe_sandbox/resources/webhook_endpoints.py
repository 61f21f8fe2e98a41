"""Webhook endpoints, by API or from the command line; thin ones only from there."""

import stripe
from stripe.params import (
    WebhookEndpointCreateParams,
    WebhookEndpointDeleteParams,
    WebhookEndpointListParams,
    WebhookEndpointRetrieveParams,
    WebhookEndpointUpdateParams,
)

from ..api import Call, endpoint
from ..box import Endpoint, Sandbox, timer
from ..errors import StripeError, missing
from ..ids import new_id
from ..shapes import Obj, shape
from .accounts import merged

KIND = "webhook_endpoint"
KINDS = ("platform", "connect", "thin")


@endpoint(
    "POST", "/v1/webhook_endpoints", WebhookEndpointCreateParams, "url enabled_events connect description metadata"
)
def create(call: Call) -> Obj:
    """Register an endpoint; only this answer shows its secret."""
    given = call.params
    point = register(
        call.box,
        Endpoint("connect" if given.get("connect") else "platform", given["url"], new_id("whsec", 32)),
        enabled_events=given["enabled_events"],
        description=given.get("description") or None,
        metadata=merged({}, given.get("metadata")),
    )
    return {**point, "secret": point["_secrets"][0]}


def register(box: Sandbox, wanted: Endpoint, **fields: object) -> Obj:
    """Keep an endpoint."""
    if wanted.kind not in KINDS:
        raise StripeError(f"Invalid kind: must be one of {', '.join(KINDS)}", param="kind")
    point = shape(
        stripe.WebhookEndpoint,
        id=new_id("we"),
        created=box.now(),
        status="enabled",
        url=wanted.url,
        _kind=wanted.kind,
        _secrets=[wanted.secret],
        **{"enabled_events": ["*"], "metadata": {}, **fields},
    )
    return box.add(point)


def rotate(box: Sandbox, endpoint_id: str, secret: str, keep_seconds: int) -> Obj:
    """Give an endpoint a new secret; the one before signs beside it for so long
    (docs.stripe.com/webhooks, "Roll endpoint signing secrets": up to 24 hours)."""
    point = box.store.get(KIND, endpoint_id)
    if point is None:
        raise missing(KIND, endpoint_id, "id")
    point["_secrets"] = [secret, point["_secrets"][0]] if keep_seconds else [secret]
    box.store.save(point)
    if keep_seconds:
        box.store.at(box.now() + keep_seconds, "old_secret_expires", f"{endpoint_id} {secret}")
    return point


@timer("old_secret_expires")
def _expires(box: Sandbox, endpoint_and_secret: str) -> None:
    endpoint_id, _, secret = endpoint_and_secret.partition(" ")
    point = box.store.get(KIND, endpoint_id)
    # Rotated again since, its expiry is another timer's.
    if point and point["_secrets"][0] == secret:
        point["_secrets"] = [secret]
        box.store.save(point)


def configure(box: Sandbox) -> None:
    """Keep the endpoints of the command line, each once however often the sandbox starts."""
    for wanted in box.config.webhooks:
        same = box.store.find(KIND, where={"_kind": wanted.kind, "url": wanted.url})
        for point in same:
            point["_secrets"] = [wanted.secret]
            box.store.save(point)
        if not same:
            register(box, wanted)


@endpoint("GET", "/v1/webhook_endpoints/<endpoint_id>", WebhookEndpointRetrieveParams)
def retrieve(call: Call, endpoint_id: str) -> Obj:
    """One endpoint."""
    return call.need(KIND, endpoint_id)


@endpoint("GET", "/v1/webhook_endpoints", WebhookEndpointListParams)
def list_(call: Call) -> Obj:
    """Endpoints, newest first; where thin events go is listed by v2."""
    return call.page(KIND, {"_kind": ("platform", "connect")})


@endpoint(
    "POST",
    "/v1/webhook_endpoints/<endpoint_id>",
    WebhookEndpointUpdateParams,
    "url enabled_events disabled description metadata",
)
def update(call: Call, endpoint_id: str) -> Obj:
    """Change where it is, what it wants, or whether it is used."""
    point, given = call.need(KIND, endpoint_id), call.params
    point |= {name: given[name] for name in ("url", "enabled_events") if name in given}
    if "description" in given:
        point["description"] = given["description"] or None
    if "disabled" in given:
        point["status"] = "disabled" if given["disabled"] else "enabled"
    point["metadata"] = merged(point["metadata"], given.get("metadata"))
    call.box.store.save(point)
    return point


@endpoint("DELETE", "/v1/webhook_endpoints/<endpoint_id>", WebhookEndpointDeleteParams)
def delete(call: Call, endpoint_id: str) -> Obj:
    """Remove an endpoint; what was queued for it fails."""
    call.need(KIND, endpoint_id)
    call.box.store.delete(endpoint_id)
    return {"id": endpoint_id, "object": KIND, "deleted": True}
