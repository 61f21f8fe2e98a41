"""Events to be listed and fetched, v1 and v2."""

from datetime import datetime
from typing import Any, NotRequired
from urllib.parse import urlencode

import stripe
from stripe.params import EventListParams, EventRetrieveParams
from stripe.params.v2.core import EventListParams as V2ListParams
from stripe.params.v2.core import EventListParamsCreated
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


class V2PageParams(V2ListParams):
    """What a list takes and, in the addresses of its neighbouring pages, the place to go on from."""

    created: NotRequired[EventListParamsCreated]
    page: NotRequired[str]


@endpoint("GET", "/v2/core/events", V2PageParams, "created object_id types page")
def list_v2(call: Call) -> Obj:
    """Thin events of the last 30 days, newest first, `limit` (20) a page, each naming its neighbouring pages."""
    given = call.params
    limit = given.get("limit", 20)
    if not 1 <= limit <= 100:
        raise StripeError("limit must be between 1 and 100.", param="limit")
    types = given.get("types")
    where = {"related_object.id": given.get("object_id"), "type": tuple(types) if types else None}
    way, place = _place(call)
    found = call.box.store.find(
        V2_KIND,
        account=call.account,
        where={name: value for name, value in where.items() if value},
        created={name: _seconds(name, instant) for name, instant in given.get("created", {}).items()},
        limit=limit + 1,
        clause=f" and created > {call.box.now() - KEPT_SECONDS}",
        **{way: place},
    )
    more = len(found) > limit
    page = found[1:] if more and way == "before" else found[:limit]
    older = more if way == "after" else True
    newer = more if way == "before" else place is not None
    return {
        "data": [render(call.box, event) for event in page],
        "next_page_url": _page_url(call, "after", page[-1]) if page and older else None,
        "previous_page_url": _page_url(call, "before", page[0]) if page and newer else None,
    }


def _place(call: Call) -> tuple[str, str | None]:
    """Which way to go on, `after` or `before`, and from which event; from the newest without one."""
    token = call.params.get("page")
    if token is None:
        return "after", None
    way, _, event_id = token.partition(":")
    if way not in ("after", "before") or call.box.store.get(V2_KIND, event_id, call.account) is None:
        raise StripeError("The page token is none of this list.", param="page")
    return way, event_id


def _page_url(call: Call, way: str, event: Obj) -> str:
    """The list's own address with its filters, going on from that event."""
    given, event_id = call.params, event["id"]
    filters: list[tuple[str, Any]] = [(name, given[name]) for name in ("limit", "object_id") if name in given]
    filters += [(f"types[{number}]", kind) for number, kind in enumerate(given.get("types", []))]
    filters += [(f"created[{name}]", instant) for name, instant in given.get("created", {}).items()]
    query = urlencode([*filters, ("page", f"{way}:{event_id}")])
    return f"{call.path}?{query}"


def _seconds(name: str, instant: str) -> int:
    try:
        return int(datetime.fromisoformat(instant).timestamp())
    except ValueError:
        raise StripeError(f"Invalid timestamp: {instant}", param=f"created[{name}]") from None


assert stripe.Event.OBJECT_NAME == KIND
