"""The guide: a few questions, then a kind of help, or nothing that should be bought."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from marketplace import config
from marketplace.coaches.guide import rules
from marketplace.coaches.guide.schemas import GuideAnswersSchema
from marketplace.error_answers import invalid

bp = Blueprint("guide", __name__)


@bp.get("/guide")
def show() -> ResponseReturnValue:
    """The questions with the answers that stand in the address, and where they lead."""
    given = {name: value for name, value in request.args.items() if name in GuideAnswersSchema().fields and value}
    errors: dict[str, list[str]] = {}
    try:
        answers: dict[str, str] = dict(GuideAnswersSchema().load(given))
    except ValidationError as refusal:
        errors = invalid(refusal).fields
        answers = {name: value for name, value in given.items() if name not in errors}
    asked = rules.questions(answers)
    found = None if errors else rules.advice(answers, therapists=config.current().therapists)
    reason = rules.REASONS[found.reason] if found else ""
    page = render_template("guide.html", asked=asked, answers=answers, advice=found, reason=reason, errors=errors)
    return page, 422 if errors else 200
