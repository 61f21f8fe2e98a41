"""A coach's invitations to meetings elsewhere: pasted or uploaded, priced, answered."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.asks.invitations import queries
from marketplace.asks.invitations.models import Invitation, InvitationSettings
from marketplace.asks.invitations.rules import reading, states
from marketplace.asks.invitations.schemas import (
    DeclineInvitationSchema,
    InvitationSettingsSchema,
    QuoteInvitationSchema,
)
from marketplace.asks.invitations.service import choices, quoting, receiving
from marketplace.authentication.access import signed_in
from marketplace.coaches import queries as coaches
from marketplace.coaches.kinds.rules import KINDS
from marketplace.error_answers import status_of
from marketplace.errors import Conflict, Invalid, NotFound, Outdated
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.languages import translated
from marketplace.pages.arguments import id_argument
from marketplace.pages.editing import EditForm, told
from marketplace.pages.forms import load
from marketplace.pages.quotes import typed_price
from marketplace.uploads import takes_files

bp = Blueprint("invitations", __name__)


def _settings() -> InvitationSettings:
    return queries.settings_of(coaches.profile_of(actor()).id)


SETTINGS = EditForm(InvitationSettingsSchema, _settings)


@bp.get("/dashboard/invitations")
@signed_in
def listed() -> ResponseReturnValue:
    """What waits, or what is in another state; and where another one is put in."""
    return _list_page()


@bp.post("/dashboard/invitations")
@signed_in
@takes_files(2 * reading.MOST_BYTES)
def receive() -> ResponseReturnValue:
    """Have an uploaded file or a pasted text read."""
    coaches.profile_of(actor())
    sent = request.files.get("file")
    text = sent.stream.read(reading.MOST_BYTES + 1) if sent is not None and sent.filename else b""
    typed = request.form.get("text", "")
    try:
        found = receiving.receive(actor(), text=text or typed.encode())
    except (Invalid, Conflict) as refusal:
        errors = refusal.fields if isinstance(refusal, Invalid) else {"text": [refusal.sentence]}
        return _list_page(typed=typed[: reading.MOST_BYTES], errors=errors), status_of(refusal)
    flash(_("Read.") if found.changed else _("You have this invitation already."), "success")
    return redirect(url_for(".show", invitation_id=found.invitation.id), 303)


def _list_page(*, typed: str = "", errors: dict[str, Any] | None = None) -> str:
    status, after = request.args.get("status", states.WAITING), id_argument("after")
    if status not in {"all", *states.STATES.states}:
        raise NotFound
    page = queries.page_for(actor(), status=None if status == "all" else status, after=after)
    return render_template(
        "invitations/list.html",
        coach=coaches.profile_of(actor()),
        invitations=page.invitations,
        prices={each.id: queries.price_of(each) for each in page.invitations},
        names=states.STATUS_NAMES,
        filters=[
            (str(words), url_for(".listed", status=name), name == status)
            for name, words in {**states.STATUS_NAMES, "all": _("All")}.items()
        ],
        typed=typed,
        errors=errors,
        start=url_for(".listed", status=status) if after else None,
        more=url_for(".listed", status=status, after=page.after) if page.after else None,
    )


@bp.get("/dashboard/invitations/<uuid:invitation_id>")
@signed_in
def show(invitation_id: uuid.UUID) -> ResponseReturnValue:
    """One invitation with its price, and how it is answered."""
    return _page(queries.one(actor(), invitation_id))


def _page(invitation: Invitation, **shown: Any) -> str:
    return render_template(
        "invitations/show.html",
        invitation=invitation,
        coach=invitation.coach,
        price=queries.price_of(invitation),
        names=states.STATUS_NAMES,
        doubts=[translated(sentence) for sentence in invitation.doubts],
        quote=queries.live_quote(invitation.ask_id) if invitation.ask_id else None,
        free=queries.is_free(invitation),
        kinds=[(kind, str(KINDS[kind])) for kind in invitation.coach.kinds if kind in KINDS],
        is_open=invitation.status in states.OPEN,
        usual=str(states.USUAL_DECLINE),
        most_sessions=reading.MOST_SESSIONS,
        **shown,
    )


@bp.post("/dashboard/invitations/<uuid:invitation_id>/quote")
@signed_in
def quote(invitation_id: uuid.UUID) -> ResponseReturnValue:
    """Send the organiser a quote; without a price it is the rate card's."""

    def command() -> None:
        currency = queries.one(actor(), invitation_id).coach.currency
        fields = load(QuoteInvitationSchema(only=["note", "kind"]))
        held = "hold_time" in request.form
        quoting.quote(actor(), invitation_id=invitation_id, price_cents=typed_price(currency), hold_time=held, **fields)

    return _answered(invitation_id, command, _("Sent."))


@bp.post("/dashboard/invitations/<uuid:invitation_id>/decline")
@signed_in
def decline(invitation_id: uuid.UUID) -> ResponseReturnValue:
    """Say no, with or without a mail to the organiser."""

    def command() -> None:
        fields = load(DeclineInvitationSchema(exclude=["tell"]))
        quoting.decline(actor(), invitation_id=invitation_id, tell="quietly" not in request.form, **fields)

    return _answered(invitation_id, command, _("Declined."))


def _answered(invitation_id: uuid.UUID, command: Callable[[], None], outcome: str) -> ResponseReturnValue:
    # Whose it is not does not learn from a fault in the form that it is there.
    queries.one(actor(), invitation_id)
    try:
        command()
    except Invalid as refusal:
        shown = {"typed": request.form, "errors": refusal.fields}
        return _page(queries.one(actor(), invitation_id), **shown), status_of(refusal)
    except Conflict as refusal:
        flash(refusal.sentence, "error")
    else:
        flash(outcome, "success")
    return redirect(url_for(".show", invitation_id=invitation_id), 303)


@bp.get("/dashboard/invitations/settings")
@signed_in
def choose() -> ResponseReturnValue:
    """How invitations are priced."""
    return _settings_page(InvitationSettingsSchema().dump(_settings()), version=SETTINGS.version())


@bp.post("/dashboard/invitations/settings")
@signed_in
def save() -> ResponseReturnValue:
    """Say how they are priced."""
    coaches.profile_of(actor())
    try:
        given = load(InvitationSettingsSchema())
        SETTINGS.save(lambda: choices.choose(actor(), **given))
    except (Invalid, Outdated) as refusal:
        return _settings_page(request.form.to_dict(), **told(refusal)), status_of(refusal)
    flash(_("Saved."), "success")
    return redirect(url_for(".choose"), 303)


def _settings_page(typed: dict[str, Any], **shown: Any) -> str:
    return render_template("invitations/settings.html", typed=typed, **shown)
