"""The coach's dashboard: where they stand, the profile, the offerings."""

import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace import config, money
from marketplace.authentication.access import signed_in
from marketplace.coaches import queries, rules
from marketplace.coaches.models import Coach, Offering
from marketplace.coaches.schemas import CoachProfileSchema, OfferingFormSchema, OfferingSchema, OwnCoachSchema
from marketplace.coaches.service import offerings as offering_service
from marketplace.coaches.service import profiles
from marketplace.error_answers import status_of
from marketplace.errors import Invalid, NotFound, Outdated
from marketplace.http import actor
from marketplace.languages import formats, ngettext
from marketplace.languages import gettext as _
from marketplace.pages.apply import profile_as_typed, profile_choices, submitted_profile
from marketplace.pages.coach_home import home_page
from marketplace.pages.editing import EditForm, told
from marketplace.pages.forms import load
from marketplace.pages.offering_templates import TEMPLATES
from marketplace.policies import queries as policies
from marketplace.policies.models import PolicyVersion
from marketplace.policies.rules import part, spoken
from marketplace.scheduling.queries import hours as hours_queries
from marketplace.scheduling.rules.slots import START_STEPS
from marketplace.session_feedback.queries import labels_of
from marketplace.session_feedback.rules import ANSWERS

bp = Blueprint("coach_dashboard", __name__, url_prefix="/dashboard")

# The picture has a form of its own: another one is no other version of these words.
PROFILE = EditForm(partial(OwnCoachSchema, exclude=("portrait",)), lambda: queries.profile_of(actor()))
OFFERING = EditForm(OfferingSchema, lambda offering_id: queries.own_offering(actor(), offering_id))

NEW_OFFERING = {
    "minutes": 60, "notice_hours": 12, "horizon_days": 60, "buffer_before_minutes": 0, "start_step_minutes": 15
}  # fmt: skip
BLANK = "blank"
# What stands behind the first things that a mentee asks; shown open where something is wrong with it.
FURTHER = frozenset({*rules.LIMITS, "notice_hours", "horizon_days", "schedule_id", "policy_id", "start_step_minutes"})
FURTHER |= {"buffer_before_minutes", "buffer_after_minutes"}
OFFERING_FIELDS = ("title", "description", "kind", "by_approval", "start_step_minutes", "schedule_id", "policy_id")
OFFERING_NUMBERS = (*rules.BOUNDS, *rules.LIMITS)


@bp.get("")
@signed_in
def home() -> ResponseReturnValue:
    """What needs the coach's attention; for everybody else the way to become a coach."""
    coach = queries.coach_of(actor())
    return render_template("dashboard/not_yet.html") if coach is None else home_page(coach)


@bp.get("/profile")
@signed_in
def profile() -> ResponseReturnValue:
    """The profile's form."""
    return profile_page()


@bp.post("/profile")
@signed_in
def save_profile() -> ResponseReturnValue:
    """Change the profile."""
    coach = queries.profile_of(actor())
    try:
        given = load(CoachProfileSchema())
        changed = PROFILE.save(lambda: profiles.edit_profile(actor(), **given))
    except (Invalid, Outdated) as refusal:
        return _profile_page(coach, submitted_profile(), **told(refusal)), status_of(refusal)
    waits = changed.status == rules.APPLIED
    said = _("Saved. Your profile is waiting for vetting.") if waits else _("Saved. Your rate card shows it now.")
    flash(said, "success")
    return redirect(url_for(".home"))


def profile_page(**shown: Any) -> str:
    """The profile's form as it is filled now."""
    coach = queries.profile_of(actor())
    version = PROFILE.version()
    return _profile_page(coach, profile_as_typed(coach), version=version, **shown)


def _profile_page(coach: Coach, typed: Mapping[str, Any], **shown: Any) -> str:
    return render_template("dashboard/profile.html", coach=coach, typed=typed, **profile_choices(coach), **shown)


@bp.get("/offerings")
@signed_in
def offerings() -> ResponseReturnValue:
    """Every line of the rate card, the retired ones last."""
    coach = queries.profile_of(actor())
    lines = queries.offerings_of(coach.id, active_only=False)
    offered = config.current().offered_currencies()
    labels = {each.offering.id: each.tally for each in labels_of(actor()) if each.tally.is_telling}
    shown = {"coach": coach, "offerings": lines, "offered": offered, "labels": labels, "answers": ANSWERS}
    return render_template("dashboard/offerings.html", **shown)


@bp.get("/offerings/new")
@signed_in
def new_offering() -> ResponseReturnValue:
    """A template to begin with, then the offering with its values; what few change has the usual ones."""
    coach = queries.profile_of(actor())
    chosen = request.args.get("template", "")
    if chosen not in (*TEMPLATES, BLANK):
        return render_template("dashboard/offering_templates.html", coach=coach, templates=TEMPLATES, blank=BLANK)
    usual = NEW_OFFERING | {"buffer_after_minutes": 0, "kind": coach.kinds[0]}
    return _offering_page(coach, usual | (TEMPLATES[chosen].filled(coach) if chosen in TEMPLATES else {}))


@bp.post("/offerings/new")
@signed_in
def publish_offering() -> ResponseReturnValue:
    """Publish it."""
    coach = queries.profile_of(actor())
    try:
        line = offering_service.publish_offering(actor(), **load(OfferingFormSchema(coach.currency)))
    except Invalid as refusal:
        return _offering_page(coach, _submitted_offering(), errors=refusal.fields), 422
    price = money.spoken(line.price_cents, line.currency)
    flash(_("Published: %(title)s, %(price)s.", title=line.title, price=price), "success")
    return redirect(url_for(".offerings"))


@bp.get("/offerings/<uuid:offering_id>")
@signed_in
def offering(offering_id: uuid.UUID) -> ResponseReturnValue:
    """One offering's form."""
    line = _active(offering_id)
    typed = {name: getattr(line, name) for name in (*OFFERING_FIELDS, *OFFERING_NUMBERS)}
    price = money.plain(line.price_cents, line.currency)
    version = OFFERING.version(offering_id=offering_id)
    return _offering_page(line.coach, typed | {"price": price}, line, version=version)


@bp.post("/offerings/<uuid:offering_id>")
@signed_in
def save_offering(offering_id: uuid.UUID) -> ResponseReturnValue:
    """Change it for everybody who books from now on."""
    line = _active(offering_id)
    coach = line.coach
    try:
        given = load(OfferingFormSchema(coach.currency))
        OFFERING.save(
            lambda: offering_service.edit_offering(actor(), offering_id=offering_id, **given), offering_id=offering_id
        )
    except (Invalid, Outdated) as refusal:
        return _offering_page(coach, _submitted_offering(), line, **told(refusal)), status_of(refusal)
    flash(_("Saved. What is booked already keeps its price."), "success")
    return redirect(url_for(".offerings"))


@bp.post("/offerings/<uuid:offering_id>/retire")
@signed_in
def retire_offering(offering_id: uuid.UUID) -> ResponseReturnValue:
    """Take it off the rate card."""
    offering_service.retire_offering(actor(), offering_id=offering_id)
    flash(_("Retired. Nobody can book it any more; what is booked stays booked."), "success")
    return redirect(url_for(".offerings"))


def _active(offering_id: uuid.UUID) -> Offering:
    line = queries.own_offering(actor(), offering_id)
    if not line.active:
        raise NotFound
    return line


def _submitted_offering() -> dict[str, Any]:
    return request.form.to_dict() | {"by_approval": "by_approval" in request.form}


def _offering_page(coach: Coach, typed: Mapping[str, Any], line: Offering | None = None, **shown: Any) -> str:
    settings = config.current()
    return render_template(
        "dashboard/offering.html",
        coach=coach,
        line=line,
        typed=typed,
        kinds=[(kind, rules.kind_name(kind)) for kind in coach.kinds],
        schedules=[("" if one.is_usual else one.id, one.name) for one in hours_queries.schedules_of(coach.id)],
        policies=_policies(line),
        start_steps=[(step, ngettext("%(num)s minute", "%(num)s minutes", step)) for step in START_STEPS],
        floor_words=_floor_words(coach.currency, settings),
        further_open=bool(FURTHER & set(shown.get("errors") or {})),
        **shown,
    )


def _floor_words(currency: str, settings: config.Settings) -> str:
    """The least that a session costs, and what of it is ours."""
    floors = {
        f"for_{minutes}": money.spoken(rules.price_floor_cents(minutes, currency, settings), currency)
        for minutes in (30, 60, 90)
    }
    return _(
        "The least is %(for_30)s for 30 minutes, %(for_60)s for 60 and %(for_90)s for 90. It is all the mentee pays; "
        "our fee is %(fee)s %% of it, %(loyal_fee)s %% once the same mentee has paid you %(loyal_after)s.",
        fee=formats.trimmed(settings.fee_percent),
        loyal_fee=formats.trimmed(settings.loyal_fee_percent),
        loyal_after=money.spoken(settings.loyal_after.cents(currency), currency),
        **floors,
    )


def _policies(line: Offering | None) -> list[tuple[Any, str]]:
    """Policies to choose from, a chosen one even if retired; each with until when what is refunded."""
    offered = list(policies.choosable())
    if line is not None and line.policy_id not in {None, *(said.policy_id for said in offered)}:
        offered.append(policies.current(line.policy_id))
    return [
        ("" if said.policy.is_house else said.policy_id, f"{said.policy.name}: {_in_short(said)}") for said in offered
    ]


def _in_short(said: PolicyVersion) -> str:
    return "; ".join(
        _("%(part)s until %(time)s before", part=part(percent), time=spoken(hours)) for hours, percent in said.tiers
    )
