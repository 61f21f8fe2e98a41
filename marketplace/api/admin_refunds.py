"""/admin/refunds: refunds that failed and are owed still."""

import uuid
from typing import Any

from marketplace.api.auth import needs
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.http import actor
from marketplace.payments import queries as payment_queries
from marketplace.payments.models import Refund
from marketplace.payments.schemas import RefundSchema
from marketplace.payments.service import refunds

bp = Resource("admin_refunds_api", __name__, url_prefix="/api/v1/admin", description="Refunds, for admins")


@bp.get("/refunds")
@needs("admin:read")
@bp.response(200, RefundSchema(many=True))
def list_owed_refunds() -> Any:
    """Refunds that failed and were not sent again, the oldest first."""
    return payment_queries.owed_refunds_for(actor())


@bp.post("/refunds/<uuid:refund_id>/retry")
@needs("admin:critical")
@idempotent
@bp.response(200, RefundSchema)
@bp.alt_response(409, description="It did not fail, or was sent again already")
def retry_refund(refund_id: uuid.UUID) -> Refund:
    """Send a refund that failed once more; answers the new one."""
    return refunds.retry_refund(actor(), refund_id=refund_id)
