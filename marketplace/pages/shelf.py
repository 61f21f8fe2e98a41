"""A coach's shelf: what stands on it, in which order."""

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.asks.published_answers import queries as answers
from marketplace.authentication.access import signed_in
from marketplace.coaches.queries import profile_of
from marketplace.coaches.shelf import queries, service
from marketplace.coaches.shelf.rules import KINDS_OF_ITEM, MOST_ITEMS
from marketplace.coaches.shelf.schemas import PlaceSchema, PublicShelfItemSchema, ShelfItemWriteSchema
from marketplace.error_answers import status_of
from marketplace.errors import Conflict, Invalid, Outdated
from marketplace.http import actor
from marketplace.languages import LANGUAGES
from marketplace.languages import gettext as _
from marketplace.pages.editing import EditForm, told
from marketplace.pages.forms import load

ITEM = EditForm(PublicShelfItemSchema, lambda item_id: queries.own(profile_of(actor()), item_id))

bp = Blueprint("shelf", __name__, url_prefix="/dashboard/shelf")


@bp.get("")
@signed_in
def mine() -> ResponseReturnValue:
    """The coach's shelf, and the form for another item."""
    return _page({"language": actor().preferences.language, "kind": "post"})


def _page(typed: Any, *, errors: Any = None) -> str:
    coach = profile_of(actor())
    return render_template(
        "dashboard/shelf.html",
        coach=coach,
        items=queries.of_coach(coach.id),
        public_answers=answers.count_public(coach.id),
        most=MOST_ITEMS,
        typed=typed,
        errors=errors,
        **_choices(),
    )


def _choices() -> dict[str, Any]:
    kinds = [(kind, str(words)) for kind, words in KINDS_OF_ITEM.items()]
    return {"kinds": kinds, "kind_names": KINDS_OF_ITEM, "languages": list(LANGUAGES.items())}


@bp.post("")
@signed_in
def add() -> ResponseReturnValue:
    """Put something on it."""
    profile_of(actor())
    try:
        service.add(actor(), **load(ShelfItemWriteSchema()))
    except (Invalid, Conflict) as refusal:
        errors = refusal.fields if isinstance(refusal, Invalid) else {"form": [refusal.sentence]}
        return _page(request.form, errors=errors), status_of(refusal)
    flash(_("It stands on your shelf."), "success")
    return redirect(url_for(".mine"), 303)


@bp.get("/<uuid:item_id>")
@signed_in
def edit(item_id: uuid.UUID) -> ResponseReturnValue:
    """The form of one item."""
    return _form(item_id, queries.own(profile_of(actor()), item_id), version=ITEM.version(item_id=item_id))


def _form(item_id: uuid.UUID, typed: Any, **shown: Any) -> str:
    item = queries.own(profile_of(actor()), item_id)
    return render_template("dashboard/shelf_item.html", item=item, typed=typed, **shown, **_choices())


@bp.post("/<uuid:item_id>")
@signed_in
def save(item_id: uuid.UUID) -> ResponseReturnValue:
    """Say it otherwise."""
    queries.own(profile_of(actor()), item_id)
    try:
        given = load(ShelfItemWriteSchema())
        ITEM.save(lambda: service.change(actor(), item_id=item_id, **given), item_id=item_id)
    except (Invalid, Outdated) as refusal:
        return _form(item_id, request.form, **told(refusal)), status_of(refusal)
    flash(_("Saved."), "success")
    return redirect(url_for(".mine"), 303)


@bp.post("/<uuid:item_id>/move")
@signed_in
def move(item_id: uuid.UUID) -> ResponseReturnValue:
    """Put it at another place."""
    queries.own(profile_of(actor()), item_id)
    service.move(actor(), item_id=item_id, position=load(PlaceSchema())["position"])
    return redirect(url_for(".mine"), 303)


@bp.post("/<uuid:item_id>/take-off")
@signed_in
def take_off(item_id: uuid.UUID) -> ResponseReturnValue:
    """Take it off."""
    service.take_off(actor(), item_id=item_id)
    flash(_("Taken off your shelf."), "success")
    return redirect(url_for(".mine"), 303)
