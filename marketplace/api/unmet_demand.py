"""/coach/unmet-demand, /admin/unmet-demand: what people did not get here."""

from collections.abc import Sequence
from typing import Any

from marketplace.api.auth import needs
from marketplace.api.resource import Resource
from marketplace.asks.demand import queries
from marketplace.asks.demand.queries import UnmetDemand
from marketplace.asks.demand.schemas import OwnUnmetDemandQuerySchema, UnmetDemandPageSchema, UnmetDemandQuerySchema
from marketplace.http import actor

bp = Resource("unmet_demand_api", __name__, url_prefix="/api/v1", description="What people do not find here")


@bp.get("/coach/unmet-demand")
@needs("read")
@bp.arguments(OwnUnmetDemandQuerySchema, location="query")
@bp.response(200, UnmetDemandPageSchema)
def list_unmet_demand_of_coach(wanted: dict[str, Any]) -> dict[str, Any]:
    """By topic and language, how many asks were declined, lapsed or wait, and searches found nobody; for coaches."""
    after, limit = wanted["after"], wanted["limit"]
    return _page(queries.of_coach(actor(), mine=wanted["mine"], offset=after, limit=limit + 1), after, limit)


@bp.get("/admin/unmet-demand")
@needs("admin:read")
@bp.arguments(UnmetDemandQuerySchema, location="query")
@bp.response(200, UnmetDemandPageSchema)
def list_unmet_demand(wanted: dict[str, Any]) -> dict[str, Any]:
    """The same for admins, who may be no coaches."""
    after, limit = wanted["after"], wanted["limit"]
    return _page(queries.of_all(actor(), offset=after, limit=limit + 1), after, limit)


def _page(found: Sequence[UnmetDemand], after: int, limit: int) -> dict[str, Any]:
    return {"items": found[:limit], "next_cursor": after + limit if len(found) > limit else None}
