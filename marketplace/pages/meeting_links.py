"""The coach's own meeting link."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace import config
from marketplace.authentication.access import signed_in
from marketplace.bookings.meeting_links import service as meeting_links
from marketplace.bookings.meeting_links.rules import how_it_opens
from marketplace.bookings.meeting_links.schemas import CoachMeetingSchema, MeetingLinkSchema
from marketplace.coaches.queries import profile_of
from marketplace.error_answers import status_of
from marketplace.errors import Invalid, Outdated
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.pages.editing import EditForm, told
from marketplace.pages.forms import load

bp = Blueprint("meeting_links", __name__, url_prefix="/dashboard/meeting-link")

LINK = EditForm(CoachMeetingSchema, lambda: profile_of(actor()))


@bp.get("")
@signed_in
def show() -> ResponseReturnValue:
    """The link, or none."""
    return _page(profile_of(actor()).meeting_url, version=LINK.version())


@bp.post("")
@signed_in
def save() -> ResponseReturnValue:
    """Another link, or none any more."""
    try:
        url = load(MeetingLinkSchema())["url"] if request.form.get("url", "").strip() else None
        LINK.save(lambda: meeting_links.set_meeting_link(actor(), url=url))
    except (Invalid, Outdated) as refusal:
        return _page(request.form.get("url"), **told(refusal)), status_of(refusal)
    flash(_("Saved. Everybody with a session ahead gets the invitation again."), "success")
    return redirect(url_for(".show"), 303)


def _page(url: str | None, **shown: Any) -> str:
    profile_of(actor())
    server = config.current().meeting_server
    first = how_it_opens(server, coach=None)
    return render_template("dashboard/meeting_link.html", url=url, server=server, how_it_opens=first, **shown)
