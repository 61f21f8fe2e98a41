"""Where the web meets the domains: errors become statuses, answers get security headers."""

from __future__ import annotations

from functools import cache, wraps
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, current_app, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from limits.storage import Storage
from limits.strategies import RateLimiter
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    RequestEntityTooLarge,
    RequestURITooLarge,
    TooManyRequests,
)

from marketplace import config, connections, content_types, rate_limits, text
from marketplace.accounts.models import User
from marketplace.db import uuid7
from marketplace.errors import (
    Conflict,
    Declined,
    FairhourError,
    Invalid,
    NotAllowed,
    NotFound,
    Outdated,
    TooOften,
    Unavailable,
    UnreadableBody,
    VersionNeeded,
)
from marketplace.flask_settings import CookieSessions

STATUS = {
    UnreadableBody: 400,
    Declined: 402,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    Outdated: 412,
    Invalid: 422,
    VersionNeeded: 428,
    TooOften: 429,
    Unavailable: 503,
}

# What an error may add to its answer: which methods there are, which content types, when to come back.
TOLD_HEADERS = {"Accept", "Allow", "Retry-After"}
TRY_AGAIN_SECONDS = 60
STOPPED = (
    "This took our database too long, so we stopped it; nothing was changed. "
    "Ask for less at once: fewer words, fewer days. Or try again in a minute."
)
TOO_OFTEN = "That was too often in too short a time. Wait a few minutes and try again."


class ApplicationLimiter(Limiter):
    """Limits are said once, for every application; each counts the calls in a storage of its own."""

    def init_app(self, app: Flask) -> None:
        """Count in the application's own storage, or not at all."""
        if app.extensions["settings"].ratelimit_enabled:
            super().init_app(app)
            app.extensions["calls"] = self._limiter

    @property
    def limiter(self) -> RateLimiter:
        """What counts for the application in whose context we are."""
        found: RateLimiter = current_app.extensions["calls"]
        return found

    @property
    def storage(self) -> Storage:
        """Where it counts."""
        return self.limiter.storage


csrf = CSRFProtect()
limiter = ApplicationLimiter(key_func=get_remote_address, headers_enabled=True)
log = structlog.get_logger()

STRIPES_OWN = "https://api.stripe.com"
LONGEST_QUERY = 4000
# What follows lets in whoever has it.
SECRET_PATHS = ("/calendar/", "/reset/", "/confirm/", "/change-email/")


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
    app.register_error_handler(FairhourError, refuse)
    app.register_error_handler(HTTPException, _refuse_http)
    app.register_error_handler(CSRFError, _refuse_form)
    app.register_error_handler(OperationalError, _without_database)
    app.register_error_handler(DataError, _not_storable)
    app.register_error_handler(Exception, _broken)


def costs(units: int, *, searching: int | None = None) -> Any:
    """Count a read by what it costs, in some ten milliseconds of the database's each, whoever asks from one address.

    `searching`: what it costs where the address names words to look for.
    """

    def decorate(view: Any) -> Any:
        @wraps(view)
        def counted(*args: Any, **kwargs: Any) -> Any:
            amount = searching if searching is not None and request.args.get("text") else units
            settings, reader = config.current(), f"reads:{get_remote_address()}"
            if settings.ratelimit_enabled and (
                rate_limits.count(reader, seconds=60, amount=amount) > settings.read_units_per_minute
            ):
                raise TooManyRequests(retry_after=TRY_AGAIN_SECONDS)
            return view(*args, **kwargs)

        return counted

    return decorate


@limiter.request_filter
def _nothing_is_limited() -> bool:
    return not config.current().ratelimit_enabled


def speaks_json() -> bool:
    """Is this request for the API or for Stripe, not for a page?"""
    return request.path.startswith(("/api/", "/webhooks/", "/health"))


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


def problem(status: int, sentence: str, **details: Any) -> Response:
    """An RFC 9457 problem: type, title, status, detail, and what else may be known (`errors` by field)."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": sentence}
    answer = jsonify(body | details)
    answer.status_code = status
    answer.content_type = "application/problem+json"
    return answer


def status_of(error: FairhourError) -> int:
    """The HTTP status of a domain's error."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def invalid(messages: Any) -> Invalid:
    """A schema's complaints as our error; fields inside others are dotted: `hours.0.start`."""
    found: dict[str, Any] = {}

    def collect(path: str, part: Any) -> None:
        if isinstance(part, dict):
            for name, inner in part.items():
                collect(path if name == "_schema" else f"{path}.{name}".strip("."), inner)
        else:
            sentences = part if isinstance(part, list) else [part]
            found.setdefault(path or "form", []).extend(str(sentence) for sentence in sentences)

    collect("", messages)
    return Invalid(**found)


def refuse(error: FairhourError) -> ResponseReturnValue:
    """A domain's error as an answer."""
    return _answer(status_of(error), error.sentence, **error.details)


def _refuse_http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or (error.code or 500) < 400:
        return error
    if isinstance(error, InternalServerError):
        return _broken(error.original_exception or error)
    sentence, details = _told(error)
    answer = current_app.make_response(_answer(error.code or 500, sentence, **details))
    answer.headers.extend((name, value) for name, value in error.get_headers() if name in TOLD_HEADERS)
    return answer


def _told(error: HTTPException) -> tuple[str, dict[str, str]]:
    """The sentence of an error of Werkzeug's, and which limit it is about, if any."""
    if isinstance(error, TooManyRequests):
        # What the limit says that was reached, or the usual sentence.
        return str(getattr(getattr(error, "limit", None), "error_message", None) or TOO_OFTEN), {}
    if isinstance(error, RequestEntityTooLarge):
        return f"The body is larger than {request.max_content_length:,} bytes.", {"limit": "size"}
    return error.description or error.name, {}


def _refuse_form(error: CSRFError) -> ResponseReturnValue:
    return _answer(400, "This form is out of date. Go back, load the page again and send it once more.")


def _without_database(error: OperationalError) -> ResponseReturnValue:
    if connections.was_stopped(error):
        log.warning("database.statement_stopped", exc_info=error)
        return _to_try_again(503, STOPPED)
    log.error("database.unavailable", exc_info=error)
    return _to_try_again(503, "We cannot reach our database right now. Nothing was lost; try again in a minute.")


def _to_try_again(status: int, sentence: str) -> Response:
    answer = current_app.make_response(_answer(status, sentence))
    answer.headers["Retry-After"] = str(TRY_AGAIN_SECONDS)
    return answer


def _not_storable(error: DataError) -> ResponseReturnValue:
    log.warning("input.not_storable", exc_info=error)
    return _answer(422, "Something you sent cannot be kept: an invisible character, or a number beyond all bounds.")


def _broken(error: BaseException) -> ResponseReturnValue:
    if current_app.config["TESTING"] and current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    log.error("request.failed", exc_info=error)
    return _answer(500, f"Something broke on our side. If you write to us, mention {g.get('request_id')}.")


def _answer(status: int, sentence: str, **details: Any) -> ResponseReturnValue:
    if speaks_json():
        return problem(status, sentence, **details)
    return render_template("error.html", status=status, sentence=sentence, details=details), status


def _begin() -> None:
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if given.isascii() and 8 <= len(given) <= 64 and given.isprintable() else uuid7().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id, path=_logged_path())
    if len(request.query_string) > LONGEST_QUERY:
        raise RequestURITooLarge("This address is too long. Ask for less.")
    if any(isinstance(part, str) and text.fault(part) for part in (request.view_args or {}).values()):
        # What nobody may write is nobody's name, and the database need not be asked for it.
        raise NotFound
    if not speaks_json():
        content_types.check_form()
        if (most := content_types.most_bytes()) and viewer() is not None:
            request.max_content_length = most
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
