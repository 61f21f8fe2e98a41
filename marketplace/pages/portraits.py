"""A coach's portrait: uploaded and removed on the profile's page."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from marketplace import uploads
from marketplace.authentication.access import signed_in
from marketplace.coaches.service import portraits
from marketplace.errors import Invalid
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.pages.coach_dashboard import profile_page

bp = Blueprint("portraits", __name__, url_prefix="/dashboard/profile/portrait")


@bp.post("")
@signed_in
@uploads.takes_files(uploads.ONE_FILE)
def upload() -> ResponseReturnValue:
    """Show another picture."""
    try:
        portraits.set_portrait(actor(), upload=uploads.one("portrait"))
    except Invalid as refusal:
        return profile_page(errors=refusal.fields), 422
    flash(_("Your picture stands on your rate card now."), "success")
    return redirect(url_for("coach_dashboard.profile", _anchor="portrait"), 303)


@bp.post("/remove")
@signed_in
def remove() -> ResponseReturnValue:
    """Show the initials instead."""
    portraits.remove_portrait(actor())
    flash(_("Your picture is removed. Your initials stand in its place."), "success")
    return redirect(url_for("coach_dashboard.profile", _anchor="portrait"), 303)
