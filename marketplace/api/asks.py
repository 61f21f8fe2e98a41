"""/asks: ask a coach for time, and answer as a coach."""

import uuid
from typing import Any

from flask import url_for

from marketplace.api.auth import needs
from marketplace.api.editing import Editable
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.asks import queries
from marketplace.asks.alternatives.queries import more_available
from marketplace.asks.alternatives.schemas import KindOfAskSchema
from marketplace.asks.answering import queries as answering_queries
from marketplace.asks.answering.rules import Answering
from marketplace.asks.answering.schemas import CoachAnsweringSchema
from marketplace.asks.briefs.schemas import BriefSchema
from marketplace.asks.models import Ask, AskSettings
from marketplace.asks.rules.brief import Brief
from marketplace.asks.schemas import (
    AnswerToAskSchema,
    AskPreviewSchema,
    AskSchema,
    AskSettingsSchema,
    AsksQuerySchema,
    AsksSchema,
    AskWriteSchema,
    DeclineAskSchema,
    expected_cents,
)
from marketplace.asks.service import answers, choices, sending
from marketplace.coaches import queries as coaches
from marketplace.coaches.queries import ResultPage
from marketplace.errors import NotFound
from marketplace.http import actor
from marketplace.languages import current as reader
from marketplace.request_limits import costs
from marketplace.scheduling.queries.search import SearchResult
from marketplace.scheduling.schemas.search import SearchResultsSchema

bp = Resource("asks_api", __name__, url_prefix="/api/v1", description="Asks for a coach's time")


def _settings() -> AskSettings:
    return queries.settings_of(coaches.profile_of(actor()).id)


SETTINGS = Editable(AskSettingsSchema, _settings)


@bp.post("/coaches/<handle>/ask-preview")
@costs(2)
@bp.arguments(BriefSchema)
@bp.response(200, AskPreviewSchema)
@bp.alt_response(404, description="No coach of this handle has anything to be priced by")
def preview_ask(fields: dict[str, Any], handle: str) -> queries.AskPreview:
    """What an ask would cost, how many points it has, and what was answered before. Nothing is sent. Needs no token."""
    found = queries.preview(coaches.by_handle(handle), Brief(**fields), zone="UTC", language=reader().language)
    if found is None:
        raise NotFound
    return found


@bp.get("/coaches/<handle>/more-available")
@costs(10)
@bp.arguments(KindOfAskSchema, location="query")
@bp.response(200, SearchResultsSchema)
@bp.alt_response(404, description="No coach of this handle")
def list_more_available(asked: dict[str, Any], handle: str) -> ResultPage[SearchResult]:
    """Others for the same kind of help and topics who have a free time and take asks now. Needs no token.

    Soonest free first, the first few; how they answer orders nothing. There is no next page.
    """
    coach = coaches.by_handle(handle)
    return ResultPage(more_available(coach, kind=asked["kind"] or coach.kinds[0]), None)


@bp.get("/coaches/<handle>/answering")
@costs(1)
@bp.response(200, CoachAnsweringSchema)
@bp.alt_response(404, description="No coach of this handle")
def get_answering(handle: str) -> dict[str, Answering | None]:
    """How soon a coach usually answers, and how many of their asks. It orders nothing. Needs no token."""
    return {"answering": answering_queries.of_coach(coaches.by_handle(handle).id)}


@bp.post("/asks")
@needs("write")
@idempotent
@bp.arguments(AskWriteSchema)
@bp.response(201, AskSchema)
@bp.alt_response(409, description="The coach takes none now, one of yours waits already, or the price has changed")
def send_ask(fields: dict[str, Any]) -> tuple[Ask, dict[str, str]]:
    """Ask a coach for time. It costs nothing; the coach answers or says no within seven days, or it lapses."""
    handle, shown = fields.pop("coach"), fields.pop("expected_price")
    expected = expected_cents(shown, coaches.by_handle(handle).currency)
    ask = sending.send(actor(), handle=handle, expected_price_cents=expected, **fields)
    return ask, {"Location": url_for(".get_ask", ask_id=ask.id)}


@bp.get("/asks")
@needs("read")
@bp.arguments(AsksQuerySchema, location="query")
@bp.response(200, AsksSchema)
def list_asks(wanted: dict[str, Any]) -> queries.AskPage:
    """Your asks, or those that were sent to you as a coach, the newest first."""
    return queries.page_for(actor(), as_coach=wanted.pop("as_") == "coach", **wanted)


@bp.get("/asks/<uuid:ask_id>")
@needs("read")
@bp.response(200, AskSchema)
def get_ask(ask_id: uuid.UUID) -> Ask:
    """One ask, for whoever sent it and for its coach."""
    return queries.one(actor(), ask_id)


@bp.post("/asks/<uuid:ask_id>/withdraw")
@needs("write")
@bp.response(200, AskSchema)
def withdraw_ask(ask_id: uuid.UUID) -> Ask:
    """Take an ask of yours back. Harmless where it has ended."""
    return sending.withdraw(actor(), ask_id=ask_id)


@bp.post("/asks/<uuid:ask_id>/answer")
@needs("write")
@bp.arguments(AnswerToAskSchema)
@bp.response(200, AskSchema)
@bp.alt_response(409, description="The ask has ended")
def answer_ask(fields: dict[str, Any], ask_id: uuid.UUID) -> Ask:
    """Answer in words or by a link, as its coach."""
    return answers.answer(actor(), ask_id=ask_id, **fields)


@bp.post("/asks/<uuid:ask_id>/decline")
@needs("write")
@bp.arguments(DeclineAskSchema)
@bp.response(200, AskSchema)
@bp.alt_response(409, description="The ask has ended")
def decline_ask(fields: dict[str, Any], ask_id: uuid.UUID) -> Ask:
    """Say no, as its coach."""
    return answers.decline(actor(), ask_id=ask_id, **fields)


@bp.get("/coach/ask-settings")
@needs("read")
@bp.response(200, AskSettingsSchema)
@SETTINGS.shown
def get_ask_settings() -> AskSettings:
    """How many asks you take as a coach, and how you say no."""
    return _settings()


@bp.put("/coach/ask-settings")
@needs("write")
@bp.arguments(AskSettingsSchema)
@bp.response(200, AskSettingsSchema)
@SETTINGS.edited
def set_ask_settings(fields: dict[str, Any]) -> AskSettings:
    """Say how many asks you take as a coach, and how you say no."""
    return choices.choose(actor(), **fields)
