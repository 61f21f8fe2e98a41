"""Signing up and confirming the address, by a button on the page of the link."""

import uuid
from typing import Any
from urllib.parse import parse_qs, urlsplit

from blinker import Signal
from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security.confirmable import confirm_email_token_status
from flask_security.utils import get_message, hash_password, login_user, validate_redirect_url

from marketplace.accounts.addresses.service import LinkUsed
from marketplace.accounts.models import User
from marketplace.accounts.sign_ups import service
from marketplace.authentication.configuration import CONFIRM_WITHIN, spoken
from marketplace.authentication.forms import AddressForm, SignUpForm
from marketplace.db import transactional
from marketplace.http import viewer
from marketplace.jobs import enqueue
from marketplace.languages import gettext as _

NOT_MINE = "not_mine"

# Sent with whoever has confirmed an address, and `kept`, the key of what that person had asked for, or ''. A receiver
# may answer with the address of the page to go on at.
address_confirmed = Signal()


def say(name: str, **words: Any) -> None:
    """Flash one of our sentences to whoever is redirected."""
    flash(*get_message(name, **words))


@transactional
def ask_for_mail(email: str, about: str) -> None:
    """Have a mail written to an address, should it make sense; see `account_mail.send_account_mail`."""
    enqueue("send_account_mail", email=email, about=about)


def register() -> ResponseReturnValue:
    """Sign up. The answer is the same whoever has the address, and as quick."""
    if viewer() is not None:
        return redirect(url_for("signin.arrive"))
    form = SignUpForm()
    if not form.validate_on_submit():
        return render_template("security/register_user.html", register_user_form=form)
    service.sign_up(
        email=form.email.data or "",
        name=(form.name.data or "").strip(),
        timezone=form.timezone.data or "",
        password_hash=hash_password(form.password.data),
        kept=_kept_in(form.next.data or ""),
    )
    say("CONFIRM_REGISTRATION", email=form.email.data)
    wanted = form.next.data
    if wanted and validate_redirect_url(wanted):
        # After the mail and its link, go on where the sign-up began.
        session["after_sign_in"] = wanted
    return redirect(url_for("security.login"))


@transactional
def _sign_in(person: User) -> None:
    login_user(person, authn_via=["confirm"])


def _kept_in(address: str) -> str:
    """The key that an address carries of what was asked for before signing up, or ''."""
    named = parse_qs(urlsplit(address).query).get("kept", [""])[0]
    try:
        return str(uuid.UUID(named))
    except ValueError:
        return ""


def send_confirmation() -> ResponseReturnValue:
    """Have the link to confirm an address sent again."""
    form = AddressForm()
    if form.validate_on_submit():
        ask_for_mail(form.email.data or "", "confirmation")
        say("CONFIRMATION_REQUEST", email=form.email.data)
    elif request.method == "GET":
        form.email.data = request.args.get("email", "")
    return render_template("security/send_confirmation.html", send_confirmation_form=form)


def confirm_email(token: str) -> ResponseReturnValue:
    """Where the link of a sign-up leads: a page with a button, which confirms the address."""
    expired, invalid, person = confirm_email_token_status(token)
    if expired or invalid or person is None:
        words = {"within": spoken(CONFIRM_WITHIN)} if expired else {}
        say("CONFIRMATION_EXPIRED" if expired else "INVALID_CONFIRMATION_TOKEN", **words)
        return redirect(url_for("security.send_confirmation"))
    if person.confirmed_at is not None:
        return render_template("security/confirmed.html", email=person.email)
    if request.method != "POST":
        return render_template("security/confirm_email.html", person=person, token=token, kept=request.args.get("kept"))
    command = service.disown_sign_up if request.form.get("answer") == NOT_MINE else service.confirm_address
    try:
        command(person.id, sign_up_id=person.fs_uniquifier)
    except LinkUsed:
        say("INVALID_CONFIRMATION_TOKEN")
        return redirect(url_for("security.send_confirmation"))
    if command is service.disown_sign_up:
        flash(_("That sign-up does not work any more. Sign up yourself whenever you like."), "success")
        return redirect(url_for("security.register"))
    say("EMAIL_CONFIRMED")
    # The button is the proof that it is their address. What waits for that is done now.
    _sign_in(person)
    onwards = [where for _receiver, where in address_confirmed.send(person, kept=request.args.get("kept", "")) if where]
    return redirect(onwards[0] if onwards else url_for("signin.arrive"), 303)
