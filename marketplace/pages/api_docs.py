"""The OpenAPI document as a page, by Swagger UI, whose files are served from here alone."""

from functools import cache
from importlib.metadata import version
from importlib.resources import files

from flask import Blueprint, render_template, send_from_directory
from flask.typing import ResponseReturnValue

PACKAGE = "flask-swagger-ui"
A_YEAR_SECONDS = 365 * 24 * 3600

bp = Blueprint("api_docs", __name__, url_prefix="/api/v1/docs")


@cache
def _version() -> str:
    return version(PACKAGE)


@bp.get("")
def browse() -> ResponseReturnValue:
    """Every call of the API, to read and to try with a token."""
    return render_template("api_docs.html", version=_version())


@bp.get("/swagger-ui-bundle.js")
def script() -> ResponseReturnValue:
    """Swagger UI itself; the page names its version, so it may be kept for long."""
    return _part("swagger-ui-bundle.js")


@bp.get("/swagger-ui.css")
def style() -> ResponseReturnValue:
    """What it looks like."""
    return _part("swagger-ui.css")


def _part(name: str) -> ResponseReturnValue:
    return send_from_directory(str(files("flask_swagger_ui") / "dist"), name, max_age=A_YEAR_SECONDS)
