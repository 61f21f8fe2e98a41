"""The site's logo, uploaded and removed by admins."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace import uploads
from marketplace.authentication.access import admin_only
from marketplace.branding import service
from marketplace.errors import Invalid
from marketplace.http import actor
from marketplace.languages import gettext as _

bp = Blueprint("admin_branding", __name__, url_prefix="/admin/logo")


@bp.get("")
@admin_only
def show() -> ResponseReturnValue:
    """The logo as it is, and another."""
    return _page()


@bp.post("")
@admin_only
@uploads.takes_files(uploads.ONE_FILE)
def upload() -> ResponseReturnValue:
    """Show another."""
    try:
        service.set_logo(actor(), upload=uploads.one("logo"))
    except Invalid as refusal:
        return _page(errors=refusal.fields), 422
    flash(_("The logo stands on every page now."), "success")
    return redirect(url_for(".show"), 303)


@bp.post("/remove")
@admin_only
def remove() -> ResponseReturnValue:
    """Show the name alone."""
    service.remove_logo(actor())
    flash(_("The logo is removed."), "success")
    return redirect(url_for(".show"), 303)


def _page(**shown: Any) -> str:
    return render_template("admin/logo.html", **shown)
