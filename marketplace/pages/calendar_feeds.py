"""Calendar feeds: a person's sessions under a secret address that calendars can follow."""

import uuid

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from marketplace import config
from marketplace.accounts import queries, rules, service
from marketplace.accounts.models import FeedToken
from marketplace.accounts.schemas import NewFeedSchema
from marketplace.authentication.access import signed_in
from marketplace.bookings.invites import service as invites
from marketplace.errors import NotFound
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.pages.forms import load
from marketplace.pages.responses import private
from marketplace.request_limits import limiter

bp = Blueprint("calendar_feeds", __name__)

SIDES = {"mentee": _l("The sessions you book"), "coach": _l("The sessions you give as a coach")}


def _address() -> str:
    return f"feed:{rules.digest(request.path)}"


@bp.get("/calendar/<token>.ics")
@limiter.limit("30 per minute", key_func=_address)
@limiter.limit("300 per minute")
def feed(token: str) -> ResponseReturnValue:
    """The calendar itself, without sign-in, for everybody who knows the address."""
    found = queries.feed_by_token(token)
    if found is None:
        raise NotFound(_("There is no calendar at this address, or not any more."))
    file = Response(invites.feed(found.user, side=found.side), content_type="text/calendar; charset=utf-8")
    file.headers["Cache-Control"] = "private, no-cache"
    file.headers["Referrer-Policy"] = "no-referrer"
    file.headers["X-Robots-Tag"] = "noindex"
    file.add_etag()
    return file.make_conditional(request)


@bp.get("/account/calendar-feeds")
@signed_in
def manage() -> ResponseReturnValue:
    """The addresses of a person's feeds, each with what can be done with it."""
    return _page()


@bp.post("/account/calendar-feeds")
@signed_in
def create() -> ResponseReturnValue:
    """Make a new address, shown once."""
    created, text = service.create_feed(actor(), **load(NewFeedSchema()))
    return _page(created=created, address=f"{config.current().public_url}/calendar/{text}.ics")


@bp.post("/account/calendar-feeds/<uuid:feed_id>/revoke")
@signed_in
def revoke(feed_id: uuid.UUID) -> ResponseReturnValue:
    """Revoke an address."""
    service.revoke_feed(actor(), feed_id=feed_id)
    flash(_("The address is revoked. Calendars that follow it get nothing any more."), "success")
    return redirect(url_for(".manage"), 303)


def _page(created: FeedToken | None = None, address: str = "") -> Response:
    person = actor()
    feeds = {feed.side: feed for feed in queries.feeds_of(person)}
    sides = [side for side in SIDES if rules.may_have_feed(side, person.has_role("coach"))]
    return private("calendar_feeds.html", sides=sides, words=SIDES, feeds=feeds, created=created, address=address)
