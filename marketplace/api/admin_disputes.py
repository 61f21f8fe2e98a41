"""/admin/disputes: what banks ask back, and our evidence."""

import uuid
from typing import Any

from marketplace.api.auth import needs
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.bookings.disputes import evidence as dispute_evidence
from marketplace.bookings.disputes.schemas import EvidenceSchema
from marketplace.http import actor
from marketplace.payments import queries as payment_queries
from marketplace.payments.models import Dispute
from marketplace.payments.schemas import DisputeFilterSchema, DisputeSchema

bp = Resource("admin_disputes_api", __name__, url_prefix="/api/v1/admin", description="Disputes, for admins")


@bp.get("/disputes")
@needs("admin:read")
@bp.arguments(DisputeFilterSchema, location="query")
@bp.response(200, DisputeSchema(many=True))
def list_disputes(wanted: dict[str, Any]) -> Any:
    """Open disputes, what is due first; or the decided ones, the latest first."""
    return payment_queries.disputes_for(actor(), **wanted)


@bp.get("/disputes/<uuid:dispute_id>")
@needs("admin:read")
@bp.response(200, DisputeSchema)
def get_dispute(dispute_id: uuid.UUID) -> Dispute:
    """One dispute."""
    return payment_queries.dispute_for(actor(), dispute_id)


@bp.post("/disputes/<uuid:dispute_id>/evidence")
@needs("admin:critical")
@idempotent
@bp.arguments(EvidenceSchema)
@bp.response(200, DisputeSchema)
@bp.alt_response(409, description="It takes no evidence any more")
def submit_dispute_evidence(data: dict[str, Any], dispute_id: uuid.UUID) -> Dispute:
    """Send what we know of the session to the bank, with a statement of one's own.

    It can be sent once.
    """
    return dispute_evidence.submit_evidence(actor(), dispute_id=dispute_id, **data)
