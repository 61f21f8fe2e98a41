"""/guide: which kind of help fits."""

from typing import Any

from marketplace import config
from marketplace.api.resource import Resource
from marketplace.coaches.guide import rules
from marketplace.coaches.guide.schemas import GuideAnswersSchema, GuideSchema

bp = Resource("guide_api", __name__, url_prefix="/api/v1", description="Which kind of help fits")


@bp.get("/guide")
@bp.arguments(GuideAnswersSchema, location="query")
@bp.response(200, GuideSchema)
def get_guide(answers: dict[str, str]) -> dict[str, Any]:
    """The next question, or the kind of help that fits with the reason. Nothing is kept. Needs no token."""
    return {"asked": rules.questions(answers), "advice": rules.advice(answers, therapists=config.current().therapists)}
