"""/admin/sweeps: what the hourly sweeps took up."""

from typing import Any

from marketplace.api.auth import needs
from marketplace.api.resource import Resource
from marketplace.http import actor
from marketplace.sweeps import queries
from marketplace.sweeps.schemas import SweepSchema

bp = Resource("admin_sweeps_api", __name__, url_prefix="/api/v1/admin", description="Sweeps, for admins")


@bp.get("/sweeps")
@needs("admin:read")
@bp.response(200, SweepSchema(many=True))
def list_sweeps() -> Any:
    """What the hourly sweeps found, the latest first."""
    return queries.sweeps(actor())
