"""Where the web meets the domains: who asks, what a request is held to, headers of answers."""

from __future__ import annotations

from functools import cache

import structlog
from flask import Flask, Response, g, request
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import RequestURITooLarge

from marketplace import config, content_types, error_answers, text
from marketplace.accounts.models import User
from marketplace.db import uuid7
from marketplace.error_answers import speaks_json
from marketplace.errors import NotFound
from marketplace.flask_settings import CookieSessions
from marketplace.languages import gettext as _
from marketplace.request_limits import limiter

csrf = CSRFProtect()
STRIPES_OWN = "https://api.stripe.com"
LONGEST_QUERY = 4000
# What follows lets in whoever has it; mail programs post to the last without a form (RFC 8058).
UNSUBSCRIBE = "/unsubscribe/"
SECRET_PATHS = (
    "/calendar/",
    "/reset/",
    "/confirm/",
    "/change-email/",
    "/pay/",
    "/receipts/",
    "/api/v1/payer-links/",
    UNSUBSCRIBE,
)


@cache
def content_security_policy(stripe_api_base: str, custom_domain: str) -> str:
    """Scripts and styles come from our own host alone, none inline; a form leaves only for Stripe's hosted pages.

    A form that is answered with a redirect to such a page counts as sent there.
    """
    hosted = "https://*.stripe.com" if stripe_api_base == STRIPES_OWN else stripe_api_base
    forms = " ".join(place for place in ("'self'", hosted, custom_domain) if place)
    return (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; frame-ancestors 'none'; "
        f"form-action {forms}"
    )


def init_app(app: Flask) -> None:
    """Install error handling, CSRF protection of the pages, rate limits, request ids and headers."""
    app.session_interface = CookieSessions()
    csrf.init_app(app)
    limiter.init_app(app)
    app.before_request(_begin)
    app.after_request(_end)
    error_answers.init_app(app)


def actor() -> User:
    """Who asks: the token's owner in the API, whoever is signed in on a page. Doors check first that there is one."""
    user = g.get("token_user") or current_user._get_current_object()
    if not isinstance(user, User):
        raise RuntimeError("this address asks who is there before it checked that anybody is")
    return user


def viewer() -> User | None:
    """Who looks, or None for a passer-by."""
    user = g.get("token_user") or current_user._get_current_object()
    return user if isinstance(user, User) else None


def _begin() -> None:
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if given.isascii() and 8 <= len(given) <= 64 and given.isprintable() else uuid7().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id, path=_logged_path())
    if len(request.query_string) > LONGEST_QUERY:
        raise RequestURITooLarge(_("This address is too long. Ask for less."))
    if any(isinstance(part, str) and text.fault(part) for part in (request.view_args or {}).values()):
        # What nobody may write is nobody's name, and the database need not be asked for it.
        raise NotFound
    if not speaks_json():
        content_types.check_form()
        if (most := content_types.most_bytes()) and viewer() is not None:
            request.max_content_length = most
        if not request.path.startswith(UNSUBSCRIBE):
            csrf.protect()


def _logged_path() -> str:
    """The path, without the secret of a calendar's address or of a link in a mail."""
    return next((f"{place}…" for place in SECRET_PATHS if request.path.startswith(place)), request.path)


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    settings = config.current()
    policy = content_security_policy(settings.stripe_api_base, settings.stripe_custom_domain)
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
