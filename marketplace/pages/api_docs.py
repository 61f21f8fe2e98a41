"""The OpenAPI document as pages: every call by subject, with objects, examples, refusals."""

import re

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from marketplace.errors import NotFound
from marketplace.pages import api_reference
from marketplace.request_limits import costs

LONGEST_SEARCH = 100
_CODE = re.compile(r"`([^`]+)`")

bp = Blueprint("api_docs", __name__, url_prefix="/api/v1/docs")


def _document() -> api_reference.Json:
    document: api_reference.Json = current_app.extensions["api"].document
    return document


def _subjects() -> tuple[api_reference.Subject, ...]:
    """Read once for each application: the document does not change while it runs."""
    found: tuple[api_reference.Subject, ...] | None = current_app.extensions.get("api_subjects")
    if found is None:
        found = current_app.extensions["api_subjects"] = api_reference.subjects(_document())
    return found


@bp.app_template_filter("coded")
def coded(text: str) -> Markup:
    """`text` with what stands in backticks as code."""
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part)
        for number, part in enumerate(_CODE.split(text))
    )


@bp.get("")
@costs(2)
def browse() -> ResponseReturnValue:
    """What holds of all calls, and every call by subject; `text` names those that say it."""
    text = request.args.get("text", "").strip()[:LONGEST_SEARCH]
    shown = [(subject, [call for call in subject.calls if not text or call.says(text)]) for subject in _subjects()]
    return render_template(
        "api_docs/index.html",
        information=_document()["info"],
        refusals=api_reference.refusals(_document()),
        subjects=[(subject, calls) for subject, calls in shown if calls],
        text=text,
    )


@bp.get("/<operation>")
@costs(2)
def call(operation: str) -> ResponseReturnValue:
    """One call in full, and its neighbours; 404 where there is none of this name."""
    for subject in _subjects():
        for found in subject.calls:
            if found.name == operation:
                objects = api_reference.objects(_document(), found)
                return render_template("api_docs/call.html", subject=subject, call=found, objects=objects)
    raise NotFound
