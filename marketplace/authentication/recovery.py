"""A forgotten password, and another address: both lead through a mail that a job writes."""

from dataclasses import dataclass

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import auth_required
from flask_security.utils import check_and_get_token_status, verify_hash

from marketplace.accounts import queries
from marketplace.accounts.addresses.service import LinkUsed, change_address
from marketplace.accounts.models import User
from marketplace.accounts.service import AddressTaken
from marketplace.authentication.configuration import CHANGE_ADDRESS_WITHIN, spoken
from marketplace.authentication.forms import AddressForm
from marketplace.authentication.sign_up import ask_for_mail, say
from marketplace.db import transactional
from marketplace.http import actor, viewer
from marketplace.jobs import enqueue
from marketplace.languages import gettext as _


def forgot_password() -> ResponseReturnValue:
    """Have a link sent to choose a new password. The answer is the same whoever has the address, and as quick."""
    form = AddressForm()
    if form.validate_on_submit():
        ask_for_mail(form.email.data or "", "reset")
        say("PASSWORD_RESET_REQUEST", email=form.email.data)
    person = viewer()
    if person is not None:
        form.email.data = person.email
    return render_template("security/forgot_password.html", forgot_password_form=form)


@auth_required(
    lambda: current_app.config["SECURITY_API_ENABLED_METHODS"],
    within=lambda: current_app.config["SECURITY_FRESHNESS"],
    grace=lambda: current_app.config["SECURITY_FRESHNESS_GRACE_PERIOD"],
)
def change_email() -> ResponseReturnValue:
    """Have a link sent to a new address. Nobody learns from the answer whether it is somebody's already."""
    person, form = actor(), AddressForm()
    if form.validate_on_submit():
        _ask_new_address(person, form.email.data or "")
        say("CHANGE_EMAIL_SENT", email=form.email.data)
    return render_template("security/change_email.html", change_email_form=form, current_email=person.email)


@transactional
def _ask_new_address(person: User, email: str) -> None:
    enqueue("send_address_mail", user_id=str(person.id), email=email)


@dataclass(frozen=True)
class AddressLink:
    """What the link to a new address carries. `person` is None once it has done its work, or another link has."""

    new_email: str
    person: User | None


def change_email_confirm(token: str) -> ResponseReturnValue:
    """Where the link in the mail to a new address leads: a page with a button, which changes the address."""
    link = _read(token)
    if link is None:
        return redirect(url_for("security.change_email"))
    if link.person is None:
        return _already(link.new_email)
    if request.method != "POST":
        return render_template("security/change_email_confirm.html", link=link, token=token)
    try:
        change_address(link.person.id, old=link.person.email, new=link.new_email)
    except (LinkUsed, AddressTaken):
        return _already(link.new_email)
    say("CHANGE_EMAIL_CONFIRMED")
    return redirect(url_for("security.login"))


def _read(token: str) -> AddressLink | None:
    """The link with that token; None where it is too old or none of ours, which is said."""
    expired, invalid, carried = check_and_get_token_status(token, "change_email", CHANGE_ADDRESS_WITHIN)
    if expired or invalid:
        words = {"within": spoken(CHANGE_ADDRESS_WITHIN)} if expired else {}
        say("CHANGE_EMAIL_EXPIRED" if expired else "API_ERROR", **words)
        return None
    uniquifier, old, new = carried
    person = current_app.extensions["security"].datastore.find_user(fs_uniquifier=uniquifier)
    if person is None or not person.active or not verify_hash(old, person.email):
        return AddressLink(new, None)
    return AddressLink(new, None if queries.by_email(new) is not None else person)


def _already(email: str) -> ResponseReturnValue:
    """Who reads this has a link that we sent to that very address."""
    if queries.by_email(email) is None:
        say("API_ERROR")
        return redirect(url_for("security.change_email"))
    flash(_("This link was used: %(email)s has an account. Sign in with it.", email=email), "info")
    return redirect(url_for("security.login"))
