"""Somebody's place in the queue of a coach."""

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.asks.queue import queries, rules, service
from marketplace.authentication.access import signed_in
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.pages.ask_others import typed_as

bp = Blueprint("ask_queue", __name__)


@bp.get("/asks/queue/<uuid:place_id>")
@signed_in
def show(place_id: uuid.UUID) -> ResponseReturnValue:
    """Which place it is, what waits there, and the ways on."""
    place = queries.one(actor(), place_id)
    return render_template(
        "asks/place.html",
        place=place,
        brief=place.brief,
        typed=typed_as(place.brief),
        position=queries.position_of(place),
        names=rules.STATUS_NAMES,
        lapses=rules.LAPSES,
    )


@bp.post("/asks/queue/<uuid:place_id>/leave")
@signed_in
def leave(place_id: uuid.UUID) -> ResponseReturnValue:
    """Give the place up."""
    service.leave(actor(), place_id=place_id)
    flash(_("You have left the queue."), "success")
    return redirect(url_for(".show", place_id=place_id), 303)
