"""Policies, for admins: every version of each, a new one, a new version, retiring."""

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries as accounts
from marketplace.authentication.access import admin_only
from marketplace.coaches import queries as coaches
from marketplace.error_answers import status_of
from marketplace.errors import Conflict, Invalid
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.pages.forms import load
from marketplace.policies import queries, rules, service
from marketplace.policies.schemas import PolicyCreateFormSchema, PolicyReviseFormSchema

bp = Blueprint("admin_policies", __name__, url_prefix="/admin/policies")

SAID = ("grace_minutes", "reschedules", "reschedule_hours")


@bp.get("")
@admin_only
def browse() -> ResponseReturnValue:
    """What each says now, the house's first and the retired last."""
    used = coaches.sold_under()
    rows = [
        (said, queries.terms_of(said), used.get(said.policy_id, 0) + (used.get(None, 0) if said.policy.is_house else 0))
        for said in queries.listed()
    ]
    return render_template("admin/policies.html", rows=rows)


@bp.get("/new")
@admin_only
def new() -> ResponseReturnValue:
    """An empty one, filled with what the house's says."""
    return _new_page(_typed_of(queries.current(None)) | {"name": ""})


@bp.post("/new")
@admin_only
def make() -> ResponseReturnValue:
    """Make it."""
    try:
        said = service.create(actor(), **load(PolicyCreateFormSchema()))
    except Invalid as refusal:
        return _new_page(_submitted(), errors=refusal.fields), 422
    flash(_("%(name)s is made. Coaches can choose it now.", name=said.policy.name), "success")
    return redirect(url_for(".show", policy_id=said.policy_id), 303)


@bp.get("/<uuid:policy_id>")
@admin_only
def show(policy_id: uuid.UUID) -> ResponseReturnValue:
    """One policy with all its versions."""
    return _page(policy_id, _typed_of(queries.versions_of(policy_id)[0]))


@bp.post("/<uuid:policy_id>")
@admin_only
def say_anew(policy_id: uuid.UUID) -> ResponseReturnValue:
    """A new version."""
    try:
        said = service.revise(actor(), policy_id=policy_id, **load(PolicyReviseFormSchema()))
    except (Invalid, Conflict) as refusal:
        errors = refusal.fields if isinstance(refusal, Invalid) else {"form": [refusal.sentence]}
        return _page(policy_id, _submitted(), errors=errors), status_of(refusal)
    told = _(
        "Version %(number)s holds for what is booked from now on. Coaches who sell under it are told.",
        number=said.number,
    )
    flash(told, "success")
    return redirect(url_for(".show", policy_id=policy_id), 303)


@bp.post("/<uuid:policy_id>/retire")
@admin_only
def retire(policy_id: uuid.UUID) -> ResponseReturnValue:
    """Let nobody choose it any more."""
    try:
        policy = service.retire(actor(), policy_id=policy_id)
    except Conflict as refusal:
        flash(refusal.sentence, "error")
        return redirect(url_for(".show", policy_id=policy_id), 303)
    flash(_("%(name)s is retired. Offerings that have it keep it.", name=policy.name), "success")
    return redirect(url_for(".browse"), 303)


def _typed_of(said: Any) -> dict[str, Any]:
    return {name: getattr(said, name) for name in SAID} | {"steps": said.tiers}


def _submitted() -> dict[str, Any]:
    rows = zip(request.form.getlist("hours"), request.form.getlist("percent"), strict=False)
    return request.form.to_dict() | {"steps": list(rows)}


def _rows(typed: dict[str, Any]) -> list[Any]:
    """The steps as typed, and empty ones after them."""
    return [*typed["steps"], *[("", "")] * rules.MOST_TIERS][: rules.MOST_TIERS]


def _new_page(typed: dict[str, Any], **shown: Any) -> str:
    return render_template("admin/policy_new.html", typed=typed, steps=_rows(typed), rules=rules, **shown)


def _page(policy_id: uuid.UUID, typed: dict[str, Any], **shown: Any) -> str:
    versions = queries.versions_of(policy_id)
    return render_template(
        "admin/policy.html",
        policy=versions[0].policy,
        versions=[(said, queries.terms_of(said)) for said in versions],
        names=accounts.names({said.made_by for said in versions if said.made_by}),
        typed=typed,
        steps=_rows(typed),
        rules=rules,
        **shown,
    )
