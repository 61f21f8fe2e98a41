"""Public answers of coaches, and what becomes public of an ask."""

import uuid
from typing import Any

from marketplace.api.auth import needs
from marketplace.api.resource import Resource
from marketplace.asks import queries as asks
from marketplace.asks.earlier_answers import service as earlier_answers
from marketplace.asks.earlier_answers.rules import Source
from marketplace.asks.earlier_answers.schemas import CountedSchema, EnoughSchema
from marketplace.asks.published_answers import queries, service
from marketplace.asks.published_answers.models import PublishedAnswer
from marketplace.asks.published_answers.schemas import (
    PublicAnswerOfCoachSchema,
    PublicAnswersQuerySchema,
    PublicAnswersSchema,
    PublicationSchema,
    PublicTextSchema,
    ReleaseSchema,
)
from marketplace.coaches import queries as coaches
from marketplace.errors import NotFound
from marketplace.http import actor
from marketplace.languages import current as reader
from marketplace.request_limits import costs

bp = Resource("published_answers_api", __name__, url_prefix="/api/v1", description="Public answers of coaches")


@bp.get("/coaches/<handle>/answers")
@costs(2)
@bp.arguments(PublicAnswersQuerySchema, location="query")
@bp.response(200, PublicAnswersSchema)
def list_public_answers(wanted: dict[str, Any], handle: str) -> queries.AnswerPage:
    """A coach's public answers, the newest first; with `text` those that say enough of it. Needs no token."""
    return queries.of_coach(coaches.by_handle(handle), language=reader().language, **wanted)


@bp.get("/coaches/<handle>/answers/<uuid:public_answer_id>")
@costs(1)
@bp.response(200, PublicAnswerOfCoachSchema)
def get_public_answer(handle: str, public_answer_id: uuid.UUID) -> PublishedAnswer:
    """One public answer. Needs no token."""
    found = queries.public(public_answer_id)
    if found.coach.handle != handle.lower():
        raise NotFound
    return found


@bp.post("/coaches/<handle>/answered")
@needs("write")
@bp.arguments(EnoughSchema)
@bp.response(200, CountedSchema)
def count_earlier_answer(fields: dict[str, Any], handle: str) -> dict[str, bool]:
    """Say that one of a coach's earlier answers is enough, instead of asking. It counts once for a person."""
    source = Source(fields["source"], fields["id"])
    return {"counted": earlier_answers.count(actor(), handle=handle, source=source)}


@bp.get("/asks/<uuid:ask_id>/publication")
@needs("read")
@bp.response(200, PublicationSchema)
def get_publication(ask_id: uuid.UUID) -> PublishedAnswer:
    """What is, or is to be, published of an ask, for its asker and its coach; 404 where nothing was allowed."""
    found = queries.of_ask(asks.one(actor(), ask_id).id)
    if found is None:
        raise NotFound
    return found


@bp.post("/asks/<uuid:ask_id>/publication")
@needs("write")
@bp.arguments(PublicTextSchema)
@bp.response(200, PublicationSchema)
@bp.alt_response(409, description="Whoever asked does not allow it")
def prepare_publication(fields: dict[str, Any], ask_id: uuid.UUID) -> PublishedAnswer:
    """Write the public text, as the ask's coach. It is public once its asker has released exactly that."""
    return service.prepare(actor(), ask_id=ask_id, **fields)


@bp.post("/asks/<uuid:ask_id>/publication/allow")
@needs("write")
@bp.response(200, PublicationSchema)
@bp.alt_response(409, description="The ask is not answered")
def allow_publication(ask_id: uuid.UUID) -> PublishedAnswer:
    """Agree, as whoever asked, that the coach writes a public text. Nothing is public by that."""
    return service.allow(actor(), ask_id=ask_id)


@bp.post("/asks/<uuid:ask_id>/publication/release")
@needs("write")
@bp.arguments(ReleaseSchema)
@bp.response(200, PublicationSchema)
@bp.alt_response(409, description="The text has changed since, or nothing was prepared")
def release_publication(fields: dict[str, Any], ask_id: uuid.UUID) -> PublishedAnswer:
    """Make exactly the text public that you were shown, as whoever asked."""
    return service.release(actor(), ask_id=ask_id, **fields)


@bp.post("/asks/<uuid:ask_id>/publication/withdraw")
@needs("write")
@bp.response(200, PublicationSchema)
def withdraw_publication(ask_id: uuid.UUID) -> PublishedAnswer:
    """Publish nothing of it any more, as its asker or its coach."""
    return service.withdraw(actor(), ask_id=ask_id)
