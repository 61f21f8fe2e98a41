"""Browsers in which somebody signed in before, which no stranger's guesses lock out."""

# OWASP, Slow Down Online Guessing Attacks with Device Cookies.

from datetime import timedelta
from secrets import token_hex
from typing import Any

from flask import Flask, Response, after_this_request, current_app, request
from flask_security.signals import password_reset, user_authenticated
from itsdangerous import BadSignature, URLSafeSerializer

from marketplace.accounts.addresses.rules import countable
from marketplace.accounts.models import User
from marketplace.accounts.rules import digest

COOKIE = "device"
KEPT_FOR = timedelta(days=365)


def known_device(address: str) -> str | None:
    """What names this browser, if who has that countable address signed in with it before."""
    try:
        known = _signing().loads(request.cookies.get(COOKIE, ""))
    except BadSignature:
        return None
    return str(known["device"]) if known["address"] == digest(address) else None


def _signing() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="device")


@user_authenticated.connect
@password_reset.connect
def _remember(_app: Flask, user: User, **_: Any) -> None:
    """Whoever knew the password, or read the mail, may go on trying from here."""
    value = _signing().dumps({"address": digest(countable(user.email)), "device": token_hex(8)})

    @after_this_request
    def keep(answer: Response) -> Response:
        answer.set_cookie(
            COOKIE,
            value,
            max_age=KEPT_FOR,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return answer
