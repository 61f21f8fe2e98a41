"""Goodwill refunds: what one does to each side is shown before it is sent."""

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.authentication.access import admin_only
from marketplace.bookings import queries
from marketplace.bookings.goodwill_refunds import service as goodwill_refunds
from marketplace.bookings.goodwill_refunds.schemas import GoodwillRefundFormSchema
from marketplace.bookings.schemas import LONGEST_REASON
from marketplace.error_answers import status_of
from marketplace.errors import Conflict, Invalid
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.money import spoken
from marketplace.pages.forms import load

bp = Blueprint("admin_goodwill_refunds", __name__, url_prefix="/admin/sessions/<uuid:booking_id>/refund")

WHO_PAYS = [
    ("split", _l("Both: the coach from their share, we from our fee")),
    ("platform", _l("We do: the coach keeps their share")),
    ("coach", _l("The coach alone, from their share")),
]


@bp.get("")
@admin_only
def ask(booking_id: uuid.UUID) -> ResponseReturnValue:
    """How much, at whose cost, and why."""
    return _page(booking_id)


@bp.post("")
@admin_only
def send(booking_id: uuid.UUID) -> ResponseReturnValue:
    """Show what it would do; send it if that is what was shown."""
    booking = queries.one(actor(), booking_id)
    try:
        asked = load(GoodwillRefundFormSchema(booking.currency))
        left = goodwill_refunds.refundable_cents(actor(), booking_id=booking_id)
        about = {"cents": asked["cents"], "paid_by": asked["paid_by"]}
        effect = goodwill_refunds.preview(actor(), booking_id=booking_id, **about)
        seen = f"{asked['cents']}:{asked['paid_by']}:{left}"
        if request.form.get("seen") != seen:
            return _page(booking_id, effect=effect, seen=seen, typed=request.form)
        goodwill_refunds.refund(actor(), booking_id=booking_id, expected_refundable_cents=left, **asked)
    except (Invalid, Conflict) as refusal:
        errors = refusal.fields if isinstance(refusal, Invalid) else {"form": [refusal.sentence]}
        return _page(booking_id, errors=errors, typed=request.form), status_of(refusal)
    amount = spoken(asked["cents"], booking.currency)
    flash(_("%(sum)s is refunded. Both have been told.", sum=amount), "success")
    return redirect(url_for("session.show", booking_id=booking_id), 303)


def _page(booking_id: uuid.UUID, **shown: Any) -> str:
    booking = queries.one(actor(), booking_id)
    return render_template(
        "admin/goodwill_refund.html",
        booking=booking,
        left=booking.price_cents - booking.refunded_cents,
        payers=WHO_PAYS,
        longest=LONGEST_REASON,
        **shown,
    )
