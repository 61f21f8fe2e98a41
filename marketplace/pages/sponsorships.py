"""The register of sponsorship: what was done for the viewer, and what they did as a coach."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace import clock
from marketplace.authentication.access import signed_in, viewers_zone
from marketplace.coaches import queries as coaches
from marketplace.coaches.rules import is_public
from marketplace.error_answers import status_of
from marketplace.errors import Conflict, Invalid, NotAllowed, TooOften
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.pages.arguments import id_argument
from marketplace.pages.forms import load
from marketplace.sponsorships import queries, rules, service
from marketplace.sponsorships.schemas import ShowSponsorshipSchema, SponsorshipWriteSchema

bp = Blueprint("sponsorships", __name__)


@bp.get("/sponsorships")
@signed_in
def mine() -> ResponseReturnValue:
    """Both sides of the register; coaches record there."""
    return _page({})


@bp.post("/sponsorships")
@signed_in
def record() -> ResponseReturnValue:
    """Write down what one did for somebody."""
    coaches.profile_of(actor())
    try:
        service.record(actor(), **load(SponsorshipWriteSchema()))
    except Invalid as refusal:
        return _page(request.form.to_dict(), errors=refusal.fields), status_of(refusal)
    except (NotAllowed, TooOften) as refusal:
        return _page(request.form.to_dict(), errors={"form": [refusal.sentence]}), status_of(refusal)
    flash(_("Recorded. Whom it was for is asked to confirm it."), "success")
    return redirect(url_for(".mine"), 303)


def _page(typed: dict[str, Any], **shown: Any) -> str:
    after, done_after = id_argument("after"), id_argument("done")
    coach = coaches.coach_of(actor())
    received = queries.page_for(actor(), as_sponsor=False, after=after)
    done = queries.page_for(actor(), as_sponsor=True, after=done_after)
    return render_template(
        "sponsorships.html",
        may_record=coach is not None and is_public(coach.status),
        received=received.acts,
        done=done.acts,
        acts=list(rules.ACTS.items()),
        act_names=rules.ACTS,
        names=rules.STATUS_NAMES,
        typed=typed,
        today=clock.today(viewers_zone()),
        start=url_for(".mine") if after or done_after else None,
        more=url_for(".mine", after=received.after) if received.after else None,
        more_done=url_for(".mine", done=done.after) if done.after else None,
        **{"errors": None} | shown,
    )


@bp.post("/sponsorships/<uuid:sponsorship_id>/confirm")
@signed_in
def confirm(sponsorship_id: uuid.UUID) -> ResponseReturnValue:
    """Say that it was so."""
    return _done(lambda: service.confirm(actor(), sponsorship_id=sponsorship_id), _("Confirmed."))


@bp.post("/sponsorships/<uuid:sponsorship_id>/refuse")
@signed_in
def refuse(sponsorship_id: uuid.UUID) -> ResponseReturnValue:
    """Say that it was not so, or is not to count."""
    return _done(lambda: service.refuse(actor(), sponsorship_id=sponsorship_id), _("It does not count."))


@bp.post("/sponsorships/<uuid:sponsorship_id>/withdraw")
@signed_in
def withdraw(sponsorship_id: uuid.UUID) -> ResponseReturnValue:
    """Take back what one recorded."""
    return _done(lambda: service.withdraw(actor(), sponsorship_id=sponsorship_id), _("Withdrawn."))


@bp.post("/sponsorships/<uuid:sponsorship_id>/show")
@signed_in
def show(sponsorship_id: uuid.UUID) -> ResponseReturnValue:
    """Agree that everybody reads it, or take that back."""
    queries.one(actor(), sponsorship_id)
    agreed = load(ShowSponsorshipSchema())["everybody"]
    outcome = _("Everybody reads it once both of you agree.") if agreed else _("It is private.")
    return _done(lambda: service.show(actor(), sponsorship_id=sponsorship_id, everybody=agreed), outcome)


def _done(command: Callable[[], Any], outcome: str) -> ResponseReturnValue:
    try:
        command()
    except Conflict as refusal:
        flash(refusal.sentence, "error")
    else:
        flash(outcome, "success")
    return redirect(url_for(".mine"), 303)
