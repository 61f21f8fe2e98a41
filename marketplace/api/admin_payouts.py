"""/admin/payouts/…/lines and reversals: what a payout is made of, and reversing it."""

import uuid
from typing import Any

from marketplace.api.auth import needs
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.coaches.schemas import cents_in
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.payouts.models import PayoutReversal
from marketplace.payouts.queries import payout_lines as payout_line_queries
from marketplace.payouts.queries import reversals as reversal_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.schemas.amounts import amount
from marketplace.payouts.schemas.reversals import PayoutReversalSchema, ReversalsSchema, ReversePayoutSchema
from marketplace.payouts.schemas.statements import PayoutLineListSchema, PayoutLinePageSchema
from marketplace.payouts.service import reversals as payout_reversals

bp = Resource("admin_payouts_api", __name__, url_prefix="/api/v1/admin", description="One payout, for admins")


@bp.get("/payouts/<uuid:payout_id>/lines")
@needs("admin:read")
@bp.arguments(PayoutLinePageSchema, location="query")
@bp.response(200, PayoutLineListSchema)
def list_payout_lines(page: dict[str, Any], payout_id: uuid.UUID) -> dict[str, Any]:
    """What a payout is made of, in the order of booking, from the moment it is proposed."""
    payout, limit = run_queries.visible_payout(actor(), payout_id), page["limit"]
    found = payout_line_queries.statement_lines(payout, after=page["after"], limit=limit + 1)
    return {"items": found[:limit], "next_cursor": found[limit - 1].position if len(found) > limit else None}


@bp.get("/payouts/<uuid:payout_id>/reversals")
@needs("admin:read")
@bp.response(200, ReversalsSchema)
def list_payout_reversals(payout_id: uuid.UUID) -> dict[str, Any]:
    """What was reversed of a payout or was to be, and what can still be."""
    payout = run_queries.visible_payout(actor(), payout_id)
    left = amount(reversal_queries.left_to_reverse(payout), payout.currency)
    return {"items": reversal_queries.reversals_of(payout.id), "left": left}


@bp.post("/payouts/<uuid:payout_id>/reversals")
@needs("admin:critical")
@idempotent
@bp.arguments(ReversePayoutSchema)
@bp.response(201, PayoutReversalSchema)
@bp.alt_response(409, description="Nothing can be reversed, or `left` is another by now")
def reverse_payout(data: dict[str, Any], payout_id: uuid.UUID) -> PayoutReversal:
    """Take so much of a paid payout back.

    The coach reads the reason; the money is payable again.
    """
    payout = run_queries.visible_payout(actor(), payout_id)
    amount, left = (
        cents_in(
            payout.currency, data[name], field=name, said=_("This payout is in %(currency)s.", currency=payout.currency)
        )
        for name in ("amount", "left")
    )
    return payout_reversals.reverse_payout(
        actor(),
        payout_id=payout_id,
        cents=amount,
        expected_left_cents=left,
        reason=data["reason"],
    )


@bp.post("/payout-reversals/<uuid:reversal_id>/retry")
@needs("admin:critical")
@idempotent
@bp.response(200, PayoutReversalSchema)
@bp.alt_response(409, description="It was reversed, or less is left of the payout by now")
def retry_payout_reversal(reversal_id: uuid.UUID) -> PayoutReversal:
    """Ask Stripe again for what it refused to reverse."""
    return payout_reversals.retry_reversal(actor(), reversal_id=reversal_id)
