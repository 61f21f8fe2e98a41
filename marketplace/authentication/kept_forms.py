"""Forms that were sent after the session had ended, kept until one has signed in.

A button sends them on then.

They are kept in the browser that sent them, encrypted, for an hour. None with a password or a file is, nor one that
another site sent.
"""

import json
import re
import zlib
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from marketplace import config
from marketplace.authentication.cookie_pieces import CookiePieces
from marketplace.error_answers import refuse_form
from marketplace.http import viewer
from marketplace.languages import gettext as _

FORM = CookiePieces("form", "/go-on", 3600)
LONGEST_BYTES = 100_000
SECRET = re.compile("password|passkey|secret|code|iban|account_number", re.IGNORECASE)
UNSEEN = {"csrf_token", "version", "next"}

bp = Blueprint("kept_forms", __name__)


@dataclass(frozen=True)
class KeptForm:
    """Where a form was sent, the page that it stood on, and its fields in their order."""

    action: str
    page: str
    fields: list[tuple[str, str]]

    def words(self) -> list[str]:
        """What was typed in words; what was chosen has short names of its own."""
        return [value for name, value in self.fields if name not in UNSEEN and len(value.split()) > 1]


def sent_form() -> KeptForm | None:
    """The form of this request, where it may be kept."""
    if request.method != "POST" or _brings_files() or not _is_of_our_pages():
        return None
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    if any(SECRET.search(name) for name, _value in fields):
        return None
    page = urlsplit(request.referrer or "/")
    address = "/" + page.path.lstrip("/") + (f"?{page.query}" if page.query else "")
    return KeptForm(request.full_path.rstrip("?"), address, fields)


def _brings_files() -> bool:
    return any(file.filename for file in request.files.values())


def _is_of_our_pages() -> bool:
    """Whether a page of this site sent the form, as the browser says."""
    return urlsplit(request.referrer or "").netloc == request.host


def sign_in_and_go_on(form: KeptForm) -> ResponseReturnValue | None:
    """To the sign-in page, or on where one has signed in meanwhile, with the form kept; None: it is too long."""
    packed = zlib.compress(json.dumps(asdict(form)).encode(), 9)
    sealed = _fernet().encrypt(packed).decode()
    if not FORM.fits(sealed):
        return None
    here = url_for("kept_forms.look")
    if viewer() is None:
        flash(_("Sign in to go on. What you typed is kept."), "info")
        here = url_for("security.login", next=here)
    return FORM.keep(make_response(redirect(here, 303)), sealed)


def _kept() -> KeptForm | None:
    try:
        packed = _fernet().decrypt(FORM.kept().encode(), ttl=FORM.seconds)
        found: dict[str, Any] = json.loads(zlib.decompressobj().decompress(packed, LONGEST_BYTES))
    except (InvalidToken, ValueError, zlib.error):
        return None
    return KeptForm(found["action"], found["page"], [(name, value) for name, value in found["fields"]])


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in config.current().encryption_keys()])


def refuse_or_keep(error: CSRFError) -> ResponseReturnValue:
    """A form whose token is of a session that has ended: kept where its page is for people who have signed in."""
    view = current_app.view_functions.get(request.endpoint or "")
    form = sent_form() if getattr(view, "is_kept_when_signed_out", False) else None
    return (form and sign_in_and_go_on(form)) or refuse_form(error)


@bp.get("/go-on")
def look() -> ResponseReturnValue:
    """What was typed before one had to sign in, and the button that sends it."""
    if viewer() is None:
        return redirect(url_for("security.login", next=url_for(".look")))
    form = _kept()
    if form is None:
        return redirect(url_for("signin.arrive"))
    return render_template("security/go_on.html", form=form)


@bp.post("/go-on")
def send() -> ResponseReturnValue:
    """Send it: the browser posts the same fields to where they were meant to go, and forgets them here."""
    form = _kept()
    if form is None or viewer() is None:
        return redirect(url_for(".look"), 303)
    return FORM.keep(make_response(redirect(form.action, 307)), "")
