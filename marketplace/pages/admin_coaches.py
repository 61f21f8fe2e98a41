"""Vetting: admins decide who becomes a coach and who stays one."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries as accounts
from marketplace.audit import queries as audit
from marketplace.audit.rules import words
from marketplace.authentication.access import admin_only
from marketplace.coaches import queries, rules
from marketplace.coaches.licences import queries as licences
from marketplace.coaches.licences import rules as licence_rules
from marketplace.coaches.licences import service as licence_service
from marketplace.coaches.licences.models import Licence
from marketplace.coaches.licences.schemas import LicenceReasonSchema
from marketplace.coaches.schemas import CoachSearchSchema, VettingDecisionSchema
from marketplace.coaches.service import portraits, profiles
from marketplace.downloads import saved
from marketplace.errors import Conflict, Invalid
from marketplace.http import actor
from marketplace.languages import LazyText
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.pages import admin_files, tables
from marketplace.pages.csv_export import batches
from marketplace.pages.forms import load

SHOWN = admin_files.only(admin_files.COACHES, "name", "handle", "headline", "applied_at", "decided_at")

bp = Blueprint("admin_coaches", __name__, url_prefix="/admin/coaches")


@bp.get("")
@admin_only
def queue() -> ResponseReturnValue:
    """Coaches in one state; by default those who wait for a decision."""
    status = request.args.get("status", rules.APPLIED)
    status = status if status in rules.STATUS_NAMES else rules.APPLIED
    asked = tables.read(SHOWN, default="applied_at", filters=CoachSearchSchema())
    wanted = {"status": status, "search": asked.filters.get("search", "")}
    if asked.as_csv:
        every = batches(queries.for_vetting, **wanted, **asked.sorting)
        return replace(asked, columns=admin_files.COACHES).csv("coaches.csv", every)
    page = render_template(
        "admin/coaches.html",
        status=status,
        states=rules.STATUS_NAMES,
        counts=queries.counts_by_status(),
        shown=asked.table(queries.for_vetting(**wanted, **asked.order), _("Coaches")),
    )
    return page, asked.status


@bp.get("/<uuid:coach_id>")
@admin_only
def detail(coach_id: uuid.UUID) -> ResponseReturnValue:
    """Everything that a decision needs."""
    return _page(coach_id)


@bp.post("/<uuid:coach_id>/approve")
@admin_only
def approve(coach_id: uuid.UUID) -> ResponseReturnValue:
    """Let a coach in, or back in."""
    try:
        coach = profiles.approve(actor(), coach_id=coach_id)
    except profiles.AlreadyVetted as conflict:
        return _page(coach_id, conflict=conflict.sentence), 409
    flash(_("%(name)s is approved and has been told.", name=coach.user.name), "success")
    return redirect(url_for(".queue"))


@bp.post("/<uuid:coach_id>/reject")
@admin_only
def reject(coach_id: uuid.UUID) -> ResponseReturnValue:
    """Refuse an application, with the reason."""
    return _refuse(coach_id, profiles.reject, _l("%(name)s is not approved and has been told why."))


@bp.post("/<uuid:coach_id>/suspend")
@admin_only
def suspend(coach_id: uuid.UUID) -> ResponseReturnValue:
    """Take a rate card down, with the reason."""
    return _refuse(coach_id, profiles.suspend, _l("%(name)s is suspended and has been told why."))


@bp.post("/<uuid:coach_id>/portrait/remove")
@admin_only
def take_portrait_down(coach_id: uuid.UUID) -> ResponseReturnValue:
    """Remove a picture that must not be shown."""
    portraits.take_portrait_down(actor(), coach_id=coach_id)
    flash(_("The picture is removed."), "success")
    return redirect(url_for(".detail", coach_id=coach_id), 303)


@bp.post("/licences/<uuid:licence_id>/check")
@admin_only
def check_licence(licence_id: uuid.UUID) -> ResponseReturnValue:
    """Accept a licence that one has looked at."""
    return _licence_decided(lambda: licence_service.check(actor(), licence_id=licence_id))


@bp.post("/licences/<uuid:licence_id>/refuse")
@admin_only
def refuse_licence(licence_id: uuid.UUID) -> ResponseReturnValue:
    """Refuse one, with the reason."""
    coach_id = licences.for_admin(actor(), licence_id).coach_id
    try:
        reason = load(LicenceReasonSchema())
        return _licence_decided(lambda: licence_service.refuse(actor(), licence_id=licence_id, **reason))
    except Invalid as refusal:
        return _page(coach_id, errors={"licence-reason": refusal.fields.get("reason", [])}), 422


@bp.get("/licences/<uuid:licence_id>/document")
@admin_only
def licence_document(licence_id: uuid.UUID) -> ResponseReturnValue:
    """The document of a licence, to be saved."""
    return saved(*licences.document(actor(), licence_id))


def _licence_decided(command: Callable[[], Licence]) -> ResponseReturnValue:
    try:
        coach_id = command().coach_id
        flash(_("Decided. The therapist has been told."), "success")
    except Conflict as refusal:
        flash(refusal.sentence, "error")
        return redirect(url_for(".queue"), 303)
    return redirect(url_for(".detail", coach_id=coach_id), 303)


def _refuse(coach_id: uuid.UUID, command: Any, outcome: LazyText) -> ResponseReturnValue:
    try:
        coach = command(actor(), coach_id=coach_id, **load(VettingDecisionSchema()))
    except Invalid as refusal:
        return _page(coach_id, errors=refusal.fields, reason=request.form.get("reason", "")), 422
    except profiles.AlreadyVetted as conflict:
        return _page(coach_id, conflict=conflict.sentence, reason=request.form.get("reason", "")), 409
    flash(_(outcome.message, name=coach.user.name), "success")
    return redirect(url_for(".queue"))


def _page(coach_id: uuid.UUID, **shown: Any) -> str:
    coach = queries.for_admin(actor(), coach_id)
    entries = audit.timeline_of(coach.id)
    return render_template(
        "admin/coach.html",
        coach=coach,
        next_states=rules.STATES.following[coach.status],
        states=rules.STATUS_NAMES,
        offerings=queries.offerings_of(coach.id),
        entries=entries,
        licences=licences.of_coach(coach.id),
        licence_names=licence_rules.STATUS_NAMES,
        place_name=licence_rules.spoken,
        names=accounts.names({entry.actor_id for entry in entries if entry.actor_id}),
        deed=words,
        **shown,
    )
