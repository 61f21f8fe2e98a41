"""How Flask is set up out of our settings: its cookies, and the host that it answers for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from werkzeug.routing import Rule

from marketplace.config import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Bytes of a body, of the API, a page or a webhook.
LARGEST_BODY = 1_000_000
STATEMENTS_KEPT = 3000


class CookieSessions(SecureCookieSessionInterface):
    """Flask's signed cookies. What signs them is made once, not for each request."""

    def __init__(self) -> None:
        self._signing: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """What signs and verifies the cookies of the one application that this belongs to."""
        if self._signing is None:
            self._signing = super().get_signing_serializer(app)
        return self._signing


class OurRule(Rule):
    """A route that learns to build its addresses when the first one is asked for: a process asks few of them."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        name = "_build_unknown" if append_unknown else "_build"
        compiled = super()._compile_builder

        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            now: Callable[..., tuple[str, str]] = compiled(append_unknown).__get__(rule, None)
            setattr(rule, name, now)
            return now(**values)

        return build


class OurHost:
    """WSGI middleware: every request is for the host of PUBLIC_URL, whatever its Host or X-Forwarded-Host claims.

    So no address that we build, send on to or sign for a passkey names somebody else's host.
    """

    def __init__(self, application: WSGIApplication, public_url: str) -> None:
        self._application, self._host = application, urlsplit(public_url).netloc

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, under our own name."""
        environ["HTTP_HOST"] = self._host
        environ.pop("HTTP_X_FORWARDED_HOST", None)
        return self._application(environ, start_response)


def flask_settings(settings: Settings) -> dict[str, Any]:
    """Flask's own configuration out of ours."""
    secure = settings.public_url.startswith("https://")
    return {
        "SECRET_KEY": settings.secret_key,
        "TESTING": settings.app_env == "test",
        "MAX_CONTENT_LENGTH": LARGEST_BODY,
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_SECURE": secure,
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
        "SQLALCHEMY_ENGINES": {
            "default": {
                "url": settings.sqlalchemy_url(),
                "pool_size": settings.database_pool_size,
                "max_overflow": 2,
                "pool_timeout": 10,
                # What people wrote stands in the parameters; an error that is logged tells the statement alone.
                "hide_parameters": True,
                # How many statements are kept as SQL; there are more of them than SQLAlchemy's usual 500.
                "query_cache_size": STATEMENTS_KEPT,
            }
        },
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_CHECK_DEFAULT": False,
        "RATELIMIT_STORAGE_URI": settings.ratelimit_storage_url,
        "BOOTSTRAP_SERVE_LOCAL": True,
        # What it would send is not valid; every answer says no-store unless it is a file that anybody may keep.
        "SECURITY_CACHE_CONTROL": None,
    }
