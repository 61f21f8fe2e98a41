"""Events to be listed and fetched, v1 and v2."""

import stripe
from stripe.params import EventListParams, EventRetrieveParams
from stripe.params.v2.core import EventListParams as V2ListParams
from stripe.params.v2.core import EventRetrieveParams as V2RetrieveParams

from ..api import Call, endpoint
from ..errors import StripeError
from ..render import render
from ..shapes import Obj

KIND, V2_KIND = "event", "v2.core.event"
KEPT_SECONDS = 30 * 86_400  # docs.stripe.com/api/events: events are kept for 30 days
UNDELIVERED = "exists (select 1 from deliveries d where d.event_id = objects.id and d.status <> 'delivered')"


@endpoint("GET", "/v1/events/<event_id>", EventRetrieveParams)
def retrieve(call: Call, event_id: str) -> Obj:
    """One event."""
    return call.need(KIND, event_id)


@endpoint("GET", "/v1/events", EventListParams, "created delivery_success type types")
def list_(call: Call) -> Obj:
    """Events of the last 30 days, newest first; `type` may end in `*`."""
    one, many = call.params.get("type"), call.params.get("types")
    if one and many:
        raise StripeError("You may only specify one of these parameters: type, types.", param="types")
    clause = f" and created > {call.box.now() - KEPT_SECONDS}"
    if "delivery_success" in call.params:
        clause += f" and {'not ' if call.params['delivery_success'] else ''}{UNDELIVERED}"
    where: dict[str, object] = {"type": tuple(many) if many else one}
    if one and one.endswith("*"):
        prefix = one[:-1].replace("'", "''")
        clause += f" and substr(json_extract(body, '$.type'), 1, {len(one) - 1}) = '{prefix}'"
        where = {}
    return call.page(KIND, where, clause)


@endpoint("GET", "/v2/core/events/<event_id>", V2RetrieveParams)
def retrieve_v2(call: Call, event_id: str) -> Obj:
    """One thin event, with its data."""
    return render(call.box, call.need(V2_KIND, event_id))


@endpoint("GET", "/v2/core/events", V2ListParams, "object_id types")
def list_v2(call: Call) -> Obj:
    """Thin events, newest first, on one page of up to `limit` (20)."""
    types = call.params.get("types")
    where = {"related_object.id": call.params.get("object_id"), "type": tuple(types) if types else None}
    found = call.box.store.find(
        V2_KIND,
        account=call.account,
        where={name: value for name, value in where.items() if value},
        limit=call.params.get("limit", 20),
    )
    return {"data": [render(call.box, event) for event in found], "next_page_url": None, "previous_page_url": None}


assert stripe.Event.OBJECT_NAME == KIND
