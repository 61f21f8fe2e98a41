"""Errors as answers: their statuses, and what people and programs read."""

from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, current_app, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError, RequestEntityTooLarge, TooManyRequests

from marketplace import connections, schema_messages
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
from marketplace.languages import formats
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.request_limits import TRY_AGAIN_SECONDS

log = structlog.get_logger()

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
STOPPED = _l(
    "This took our database too long, so we stopped it; nothing was changed. Ask for less at "
    "once: fewer words, fewer days. Or try again in a minute."
)
# In place of Werkzeug's own, which are for developers.
HTTP_SENTENCES = {
    400: _l("This request cannot be understood."),
    403: _l("You may not do this."),
    404: _l("There is nothing at this address."),
    405: _l("This cannot be done at this address."),
    406: _l("There is nothing here in a form that you take."),
    413: _l("What you sent is too large."),
    414: _l("This address is too long. Ask for less."),
    415: _l("What you sent has a form that is not read here."),
}
TOO_OFTEN = _l("That was too often in too short a time. Wait a few minutes and try again.")


def init_app(app: Flask) -> None:
    """Answer every error, foreseen or not, in a sentence."""
    app.register_error_handler(FairhourError, refuse)
    app.register_error_handler(HTTPException, _refuse_http)
    app.register_error_handler(OperationalError, _without_database)
    app.register_error_handler(DataError, _not_storable)
    app.register_error_handler(Exception, _broken)


def speaks_json() -> bool:
    """Is this request for the API, for Stripe or for oEmbed, not for a page?"""
    return request.path.startswith(("/api/", "/webhooks/", "/health")) or request.path == "/oembed"


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
            found.setdefault(path or "form", []).extend(map(schema_messages.spoken, sentences))

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
        return _(
            "The body is larger than %(most)s bytes.",
            most=formats.number(request.max_content_length or 0),
        ), {"limit": "size"}
    if error.description == type(error).description and error.code in HTTP_SENTENCES:
        return str(HTTP_SENTENCES[error.code]), {}
    return str(error.description or error.name), {}


def refuse_form(_error: CSRFError) -> ResponseReturnValue:
    """A form whose token is of another session, or that has none."""
    return _answer(400, _("This form is out of date. Go back, load the page again and send it once more."))


def _without_database(error: OperationalError) -> ResponseReturnValue:
    if connections.was_stopped(error):
        log.warning("database.statement_stopped", exc_info=error)
        return _to_try_again(503, STOPPED)
    log.error("database.unavailable", exc_info=error)
    return _to_try_again(503, _("We cannot reach our database right now. Nothing was lost; try again in a minute."))


def _to_try_again(status: int, sentence: str) -> Response:
    answer = current_app.make_response(_answer(status, sentence))
    answer.headers["Retry-After"] = str(TRY_AGAIN_SECONDS)
    return answer


def _not_storable(error: DataError) -> ResponseReturnValue:
    log.warning("input.not_storable", exc_info=error)
    return _answer(422, _("Something you sent cannot be kept: an invisible character, or a number beyond all bounds."))


def _broken(error: BaseException) -> ResponseReturnValue:
    if current_app.config["TESTING"] and current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    log.error("request.failed", exc_info=error)
    return _answer(
        500, _("Something broke on our side. If you write to us, mention %(request)s.", request=g.get("request_id"))
    )


def _answer(status: int, sentence: str, **details: Any) -> ResponseReturnValue:
    if speaks_json():
        return problem(status, sentence, **details)
    return render_template("error.html", status=status, sentence=sentence, details=details), status
