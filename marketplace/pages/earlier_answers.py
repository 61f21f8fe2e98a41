"""An earlier answer was enough: nothing is sent, and it counts once for a person."""

import uuid

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from marketplace.asks import queries
from marketplace.asks.earlier_answers import service
from marketplace.asks.earlier_answers.schemas import ChosenSchema
from marketplace.asks.schemas import CodeOfAskSchema
from marketplace.authentication.access import signed_in
from marketplace.authentication.limits import place
from marketplace.coaches import queries as coaches
from marketplace.error_answers import TOO_OFTEN, status_of
from marketplace.errors import FairhourError, Invalid, NotFound
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.pages.asks import confirmation_page
from marketplace.pages.forms import load
from marketplace.request_limits import limiter

bp = Blueprint("earlier_answers", __name__)


@bp.post("/@<handle>/ask/answered")
@signed_in
def enough(handle: str) -> ResponseReturnValue:
    """Say that one of those that were shown is enough."""
    coach = coaches.by_handle(handle)
    source = load(ChosenSchema())["source"]
    if source is None:
        raise NotFound
    service.count(actor(), handle=handle, source=source)
    flash(_("Nothing was sent. %(name)s sees that their answer was enough.", name=coach.user.name), "success")
    return redirect(url_for("coaches.rate_card", handle=handle), 303)


@bp.post("/asks/confirm/<uuid:draft_id>/answered")
def end_draft(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Say the same as a stranger, or take it back."""
    service.end_draft(draft_id, source=load(ChosenSchema())["source"])
    return redirect(url_for("asks.confirmation", draft_id=draft_id), 303)


@bp.post("/asks/confirm/<uuid:draft_id>/count")
@limiter.limit("30 per hour", methods=["POST"], key_func=place, error_message=TOO_OFTEN)
def count(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Count it, if this is the code."""
    coach = queries.draft(draft_id).coach
    handle, name = coach.handle, coach.user.name
    try:
        service.confirm(draft_id, code=load(CodeOfAskSchema())["code"])
    except NotFound:
        raise
    except FairhourError as refusal:
        errors = refusal.fields if isinstance(refusal, Invalid) else {"form": [refusal.sentence]}
        return confirmation_page(draft_id, errors=errors), status_of(refusal)
    flash(_("%(name)s sees that their answer was enough.", name=name), "success")
    return redirect(url_for("coaches.rate_card", handle=handle), 303)
