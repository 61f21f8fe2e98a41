"""Answers that no cache may keep."""

from typing import Any

from flask import Response, make_response, render_template


def private(template: str, **shown: Any) -> Response:
    """A page that no cache may keep."""
    answer = make_response(render_template(template, **shown))
    answer.headers["Cache-Control"] = "no-store"
    return answer
