"""Refunds that did not arrive, to be sent again."""

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace import needs_attention
from marketplace.authentication.access import admin_only
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.pages import admin_files
from marketplace.payments import queries as payment_queries
from marketplace.payments.service import refunds

bp = Blueprint("admin_refunds", __name__, url_prefix="/admin/refunds")


@bp.get("")
@admin_only
def owed() -> ResponseReturnValue:
    """Refunds that failed or are on hold, and payments that Stripe does not know."""
    failed, held = payment_queries.owed_refunds_for(actor()), needs_attention.held_refunds(actor())
    if file := admin_files.as_file("refunds.csv", admin_files.REFUNDS, [*failed, *held]):
        return file
    return render_template(
        "admin/refunds.html",
        refunds=failed,
        held=held,
        missing=payment_queries.missing_payments_for(actor()),
    )


@bp.post("/<uuid:refund_id>/retry")
@admin_only
def retry(refund_id: uuid.UUID) -> ResponseReturnValue:
    """Send one once more."""
    refunds.retry_refund(actor(), refund_id=refund_id)
    flash(_("The refund is being sent again."), "success")
    return redirect(url_for(".owed"), 303)
