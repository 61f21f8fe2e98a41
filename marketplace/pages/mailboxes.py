"""A coach's address for forwarded invitations, and the mails that were not used."""

import uuid
from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.asks.invitations.mailboxes import queries, service
from marketplace.asks.invitations.mailboxes.rules import states
from marketplace.authentication.access import signed_in
from marketplace.coaches import queries as coaches
from marketplace.errors import Conflict, Invalid
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.languages import translated

bp = Blueprint("mailboxes", __name__)


@bp.get("/dashboard/invitations/mail")
@signed_in
def show() -> ResponseReturnValue:
    """The address, and what was not used."""
    coach = coaches.profile_of(actor())
    mails = queries.of_coach(actor())
    return render_template(
        "invitations/mail.html",
        coach=coach,
        is_on=queries.is_on(),
        address=queries.address_of(coach.id),
        mails=mails,
        reasons={mail.id: translated(mail.reason) for mail in mails},
        names=states.STATUS_NAMES,
    )


@bp.post("/dashboard/invitations/mail/address")
@signed_in
def make() -> ResponseReturnValue:
    """Have an address, or another one."""
    return _done(lambda: service.make_address(actor()), _("This is your address from now on."))


@bp.post("/dashboard/invitations/mail/address/remove")
@signed_in
def remove() -> ResponseReturnValue:
    """Have no address any more."""
    return _done(lambda: service.remove_address(actor()), _("Removed."))


@bp.post("/dashboard/invitations/mail/<uuid:mail_id>/use")
@signed_in
def use(mail_id: uuid.UUID) -> ResponseReturnValue:
    """Use a mail that was held or failed."""
    try:
        invitation = service.use(actor(), mail_id=mail_id)
    except (Invalid, Conflict) as refusal:
        said = refusal.fields.get("text", [refusal.sentence]) if isinstance(refusal, Invalid) else [refusal.sentence]
        flash(said[0], "error")
        return redirect(url_for(".show"), 303)
    return redirect(url_for("invitations.show", invitation_id=invitation.id), 303)


@bp.post("/dashboard/invitations/mail/<uuid:mail_id>/discard")
@signed_in
def discard(mail_id: uuid.UUID) -> ResponseReturnValue:
    """Forget a mail."""
    return _done(lambda: service.discard(actor(), mail_id=mail_id), _("Forgotten."))


def _done(command: Callable[[], object], outcome: str) -> ResponseReturnValue:
    try:
        command()
    except Conflict as refusal:
        flash(refusal.sentence, "error")
    else:
        flash(outcome, "success")
    return redirect(url_for(".show"), 303)
