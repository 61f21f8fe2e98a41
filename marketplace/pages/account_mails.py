"""Which mails one is sent: each kind on or off, hours of reminders, the way out of a mail."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import service
from marketplace.accounts.mail_choices import service as choices
from marketplace.accounts.mail_choices.schemas import MailChoicesSchema
from marketplace.accounts.schemas import RemindersSchema
from marketplace.authentication.access import signed_in
from marketplace.error_answers import status_of
from marketplace.errors import Invalid, Outdated
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.notifications.choices.models import DECLINABLE
from marketplace.pages.editing import EditForm, told
from marketplace.pages.forms import load
from marketplace.pages.responses import private
from marketplace.request_limits import limiter

bp = Blueprint("account_mails", __name__)

CHOICES = EditForm(MailChoicesSchema, actor)
REMINDERS = EditForm(RemindersSchema, actor)


@bp.get("/account/mails")
@signed_in
def home() -> ResponseReturnValue:
    """Every kind of mail, and whether it is sent."""
    return _page()


@bp.post("/account/mails")
@signed_in
def choose() -> ResponseReturnValue:
    """Switch kinds of mail on and off."""
    wanted = set(request.form.getlist("wanted"))
    offered = {choice.kind.name: choice.on for choice in choices.mail_choices(actor())}
    # What this person is never sent is not in the form.
    declined = [name for name in DECLINABLE if name in offered and name not in wanted]
    try:
        CHOICES.save(lambda: choices.choose_mails(actor(), declined=declined))
    except Outdated as refusal:
        return _page(wanted=wanted, **told(refusal)), status_of(refusal)
    flash(_("Saved."), "success")
    return redirect(url_for(".home"), 303)


@bp.post("/account/reminders")
@signed_in
def choose_reminders() -> ResponseReturnValue:
    """Choose when reminders are sent."""
    try:
        given = load(RemindersSchema())
        REMINDERS.save(lambda: service.choose_reminders(actor(), **given))
    except (Invalid, Outdated) as refusal:
        shown = told(refusal)
        typed = {"chosen": request.form.get("reminders"), "reminders_version": shown.pop("version")}
        return _page(**typed, **shown), status_of(refusal)
    flash(_("Saved."), "success")
    return redirect(url_for(".home"), 303)


@bp.get("/unsubscribe/<token>")
def ask(token: str) -> ResponseReturnValue:
    """Ask whether to end mails of this kind: programs that look at links change nothing."""
    return render_template("unsubscribe.html", kind=choices.kind_by_token(token), ended=False)


@bp.post("/unsubscribe/<token>")
@limiter.limit("60 per hour")
def unsubscribe(token: str) -> ResponseReturnValue:
    """End mails of this kind, for the button of the page and for mail programs (RFC 8058)."""
    return render_template("unsubscribe.html", kind=choices.unsubscribe(token), ended=True)


def _page(**shown: Any) -> Response:
    person = actor()
    usual = {"version": CHOICES.version(), "reminders_version": REMINDERS.version(), "chosen": person.reminders}
    return private("account_mails.html", choices=choices.mail_choices(person), **usual | shown)
