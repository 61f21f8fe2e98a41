"""Refunds that did not arrive, to be sent again."""

import uuid
from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace import needs_attention
from marketplace.authentication.access import admin_only
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.pages import admin_files, tables
from marketplace.pages.tables import Column
from marketplace.payments import queries as payment_queries
from marketplace.payments.service import refunds

SHOWN = (
    *admin_files.only(admin_files.REFUNDS, "what", "amount", "intended_at", "failure"),
    Column("again", _l("Action"), path="id"),
)

bp = Blueprint("admin_refunds", __name__, url_prefix="/admin/refunds")


@bp.get("")
@admin_only
def owed() -> ResponseReturnValue:
    """Refunds that failed or are on hold, and payments that Stripe does not know."""
    asked = tables.read(SHOWN, default="intended_at")
    failed, held = payment_queries.owed_refunds_for(actor()), needs_attention.held_refunds(actor())
    if asked.as_csv:
        return replace(asked, columns=admin_files.REFUNDS).csv("refunds.csv", [*failed, *held])
    by = {column.name: column for column in SHOWN}[asked.sort]
    failed = sorted(failed, key=lambda refund: (by.of(refund), refund.id), reverse=asked.descending)
    page = render_template(
        "admin/refunds.html",
        shown=asked.table(failed[asked.offset : asked.offset + asked.limit], _("Refunds that did not arrive")),
        held=held,
        missing=payment_queries.missing_payments_for(actor()),
    )
    return page, asked.status


@bp.post("/<uuid:refund_id>/retry")
@admin_only
def retry(refund_id: uuid.UUID) -> ResponseReturnValue:
    """Send one once more."""
    refunds.retry_refund(actor(), refund_id=refund_id)
    flash(_("The refund is being sent again."), "success")
    return redirect(url_for(".owed"), 303)
