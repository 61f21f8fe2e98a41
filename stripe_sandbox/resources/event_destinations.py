"""Where thin events go, as v2 lists it; registered from the command line or by control."""

from datetime import UTC, datetime

from stripe.params.v2.core._event_destination_list_params import EventDestinationListParams
from stripe.v2.core import EventDestination

from ..api import Call, endpoint
from ..shapes import Obj, shape
from .webhook_endpoints import KIND


@endpoint("GET", "/v2/core/event_destinations", EventDestinationListParams, "include limit")
def list_(call: Call) -> Obj:
    """Every destination of thin events, on one page."""
    found = call.box.store.find(KIND, where={"_kind": "thin"})
    shown = [_view(point, call.params.get("include", [])) for point in found]
    return {"data": shown, "next_page_url": None, "previous_page_url": None}


def _view(point: Obj, include: list[str]) -> Obj:
    at = datetime.fromtimestamp(point["created"], UTC).isoformat().replace("+00:00", "Z")
    return shape(
        EventDestination,
        id=point["id"].replace("we_", "ed_test_"),
        created=at,
        updated=at,
        description=point["description"] or "",
        enabled_events=point["enabled_events"],
        event_payload="thin",
        events_from=["self"],
        metadata=point["metadata"],
        name="Thin events",
        status=point["status"],
        type="webhook_endpoint",
        webhook_endpoint={
            "signing_secret": None,
            "url": point["url"] if "webhook_endpoint.url" in include else None,
        },
    )
