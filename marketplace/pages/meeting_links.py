"""The coach's own meeting link."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace import config
from marketplace.authentication.access import signed_in
from marketplace.bookings.meeting_links import service as meeting_links
from marketplace.bookings.meeting_links.schemas import MeetingLinkSchema
from marketplace.coaches.queries import profile_of
from marketplace.errors import Invalid
from marketplace.http import actor
from marketplace.pages.forms import load

bp = Blueprint("meeting_links", __name__, url_prefix="/dashboard/meeting-link")


@bp.get("")
@signed_in
def show() -> ResponseReturnValue:
    """The link, or none."""
    return _page(profile_of(actor()).meeting_url)


@bp.post("")
@signed_in
def save() -> ResponseReturnValue:
    """Another link, or none any more."""
    try:
        url = load(MeetingLinkSchema())["url"] if request.form.get("url", "").strip() else None
        meeting_links.set_meeting_link(actor(), url=url)
    except Invalid as refusal:
        return _page(request.form["url"], errors=refusal.fields), 422
    flash("Saved. Everybody with a session ahead gets the invitation again.", "success")
    return redirect(url_for(".show"), 303)


def _page(url: str | None, **shown: Any) -> str:
    profile_of(actor())
    return render_template("dashboard/meeting_link.html", url=url, server=config.current().meeting_server, **shown)
