"""What an organiser sees by the link of a mail, without an account."""

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.asks.invitations import queries
from marketplace.asks.invitations.rules import states
from marketplace.asks.invitations.service import declining, offers
from marketplace.errors import Conflict
from marketplace.languages import gettext as _
from marketplace.policies import queries as policies
from marketplace.request_limits import costs

bp = Blueprint("invitation_offers", __name__)


@bp.get("/invitations/<uuid:invitation_id>/<signature>")
@costs(1)
def show(invitation_id: uuid.UUID, signature: str) -> ResponseReturnValue:
    """Who wrote, why, and how it stands."""
    return _page(invitation_id, signature)


def _page(invitation_id: uuid.UUID, signature: str, **shown: Any) -> str:
    invitation = queries.of_link(invitation_id, signature)
    quote = queries.live_quote(invitation.ask_id) if invitation.ask_id else None
    return render_template(
        "invitations/offer.html",
        invitation=invitation,
        coach=invitation.coach,
        signature=signature,
        names=states.STATUS_NAMES,
        quote=quote,
        policy=policies.terms_of(policies.version(quote.policy_version_id)) if quote else None,
        stopped=queries.wants_none(invitation.organiser_email),
        **shown,
    )


@bp.post("/invitations/<uuid:invitation_id>/<signature>/pay")
@costs(1)
def pay(invitation_id: uuid.UUID, signature: str) -> ResponseReturnValue:
    """On to the hosted page where it is paid, without an account."""
    try:
        return redirect(offers.pay(invitation_id, signature), 303)
    except Conflict as refusal:
        flash(refusal.sentence, "error")
        return redirect(url_for(".show", invitation_id=invitation_id, signature=signature), 303)


@bp.post("/invitations/<uuid:invitation_id>/<signature>/decline")
@costs(1)
def decline(invitation_id: uuid.UUID, signature: str) -> ResponseReturnValue:
    """Not for this price: the time is free again."""
    try:
        offers.decline(invitation_id, signature)
    except Conflict as refusal:
        flash(refusal.sentence, "error")
    else:
        flash(_("Declined."), "success")
    return redirect(url_for(".show", invitation_id=invitation_id, signature=signature), 303)


@bp.post("/invitations/<uuid:invitation_id>/<signature>/stop")
@costs(1)
def stop(invitation_id: uuid.UUID, signature: str) -> ResponseReturnValue:
    """Have no more such mails, from whichever coach."""
    declining.stop(invitation_id, signature)
    flash(_("You will get no more such mails."), "success")
    return redirect(url_for(".show", invitation_id=invitation_id, signature=signature), 303)
