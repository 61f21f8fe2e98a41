"""Free sessions: granted by a coach for an ask, taken at a time of the asker's choice."""

import uuid
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from marketplace.asks import queries as asks
from marketplace.authentication.access import signed_in, viewers_zone
from marketplace.bookings.schemas import TimeSchema
from marketplace.coaches import queries as coaches
from marketplace.error_answers import status_of
from marketplace.errors import Conflict, FairhourError, Invalid, NotFound, Outdated
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.pages.ask_page import ask_page
from marketplace.pages.editing import told
from marketplace.pages.forms import load
from marketplace.pages.unpaid_time import BUDGET, unpaid_page
from marketplace.pages.weeks import free_week_of
from marketplace.policies import queries as policies
from marketplace.unpaid_time.grants import notifications, queries, rules, service
from marketplace.unpaid_time.grants.models import Grant
from marketplace.unpaid_time.grants.schemas import GrantWriteSchema, ProBonoSchema

bp = Blueprint("grants", __name__)


@bp.post("/dashboard/unpaid-time/budget")
@signed_in
def choose_budget() -> ResponseReturnValue:
    """Choose how many minutes a month are given."""
    coaches.profile_of(actor())
    try:
        given = load(ProBonoSchema())
        BUDGET.save(lambda: service.choose_budget(actor(), **given))
    except (Invalid, Outdated) as refusal:
        return unpaid_page(request.form, **told(refusal)), status_of(refusal)
    flash(_("Saved."), "success")
    return redirect(url_for("unpaid_time.mine"), 303)


@bp.post("/asks/<uuid:ask_id>/grants")
@signed_in
def grant(ask_id: uuid.UUID) -> ResponseReturnValue:
    """Offer a free session for an ask."""
    if asks.one(actor(), ask_id).coach.user_id != actor().id:
        raise NotFound
    try:
        service.grant(actor(), ask_id=ask_id, **load(GrantWriteSchema()))
    except Invalid as refusal:
        errors = {{"minutes": "granted_minutes"}.get(name, name): said for name, said in refusal.fields.items()}
        return ask_page(ask_id, granted=request.form, errors=errors), status_of(refusal)
    except Conflict as refusal:
        flash(refusal.sentence, "error")
    else:
        flash(_("Given. It stands for three days."), "success")
    return redirect(url_for("asks.show", ask_id=ask_id), 303)


@bp.get("/grants/<uuid:grant_id>")
@signed_in
def choose(grant_id: uuid.UUID) -> ResponseReturnValue:
    """The times at which it can be taken, a week a page."""
    found = _own(grant_id)
    return _times(found) if found.status == rules.OFFERED else redirect(url_for("asks.show", ask_id=found.ask_id), 303)


@bp.post("/grants/<uuid:grant_id>")
@signed_in
def take(grant_id: uuid.UUID) -> ResponseReturnValue:
    """Book the time that was chosen."""
    _own(grant_id)
    try:
        typed = {"starts_at": request.form.get("starts_at", "").replace(" ", "+")}
        booking = service.take(actor(), grant_id=grant_id, **TimeSchema().load(typed))
    except ValidationError:
        return redirect(url_for(".choose", grant_id=grant_id), 303)
    except NotFound:
        raise
    except FairhourError as refusal:
        return _times(_own(grant_id), gone=refusal.sentence), status_of(refusal)
    return redirect(url_for("session.show", booking_id=booking.id), 303)


@bp.get("/grants/<uuid:grant_id>.pdf")
@signed_in
def receipt(grant_id: uuid.UUID) -> ResponseReturnValue:
    """The receipt of a free session, for whoever had it and the coach."""
    found = queries.one(actor(), grant_id)
    if found.booking is None:
        raise NotFound
    made = notifications.receipt_pdf(found, found.booking, zone=viewers_zone())
    answer = Response(made, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f"attachment; filename=receipt-{found.id}.pdf"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _own(grant_id: uuid.UUID) -> Grant:
    """A grant for an ask of the viewer's; NotFound."""
    found = queries.one(actor(), grant_id)
    if found.ask.asker_id != actor().id:
        raise NotFound
    return found


def _times(found: Grant, **shown: Any) -> str:
    offering, zone = queries.offering_as_granted(found), viewers_zone()
    return render_template(
        "unpaid_time/times.html",
        grant=found,
        coach=found.ask.coach,
        policy=policies.terms_of(policies.current(offering.policy_id)),
        **free_week_of(offering, zone),
        **shown,
    )
