"""What comes in and goes out about published answers."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from marketplace.accounts.schemas import Derived, Trimmed, one_line, plain_text
from marketplace.asks.published_answers import rules
from marketplace.bookings.schemas import BookedCoachSchema, Written
from marketplace.coaches.rules import LONGEST_SEARCH, MOST_SEARCHED_WORDS
from marketplace.languages import LANGUAGES
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l


def few(words: str) -> None:
    """Refuse more than a search looks for."""
    if len(words) > LONGEST_SEARCH:
        raise ValidationError(_("Keep this within %(most)s characters.", most=LONGEST_SEARCH))
    if len(words.split()) > MOST_SEARCHED_WORDS:
        raise ValidationError(_("Search for at most %(most)s words.", most=MOST_SEARCHED_WORDS))


class PublicTextSchema(Written):
    """What would be public: without names, and without words by which somebody could be recognised."""

    title = fields.String(load_default="", validate=one_line)
    question = fields.String(load_default="", validate=plain_text)
    answer = fields.String(load_default="", validate=plain_text, metadata={"description": "in Markdown"})
    language = fields.String(load_default="en", metadata={"enum": list(LANGUAGES)})


class ReleaseSchema(Trimmed):
    """The version of the text that you were shown, which you release."""

    version = fields.String(required=True)


class PublicationSchema(Schema):
    """What is, or is to be, published of an answered ask. `version` names exactly this text."""

    ask_id = fields.UUID()
    id = fields.UUID()
    status = fields.String(metadata={"enum": list(rules.STATES.states)})
    title = fields.String()
    question = fields.String()
    answer = fields.String()
    language = fields.String()
    version = fields.String()
    allowed_at = fields.AwareDateTime()
    published_at = fields.AwareDateTime(allow_none=True)
    helped = fields.Integer(metadata={"description": "how many it answered before they asked"})


class PublicAnswerSchema(Schema):
    """A public question with its coach's answer."""

    id = fields.UUID()
    title = fields.String()
    question = fields.String()
    answer = fields.String(metadata={"description": "in Markdown"})
    language = fields.String()
    published_at = fields.AwareDateTime()


class PublicAnswerOfCoachSchema(PublicAnswerSchema):
    """The same, with whose it is."""

    coach = Derived(BookedCoachSchema, lambda found: {"handle": found.coach.handle, "name": found.coach.user.name})


class PublicAnswersQuerySchema(Trimmed):
    """Which of a coach's public answers: those that say enough of `text`, or all."""

    text = fields.String(load_default="", validate=few)
    after = fields.UUID(load_default=None, allow_none=True)
    limit = fields.Integer(load_default=20, validate=validate.Range(1, 100, error=_l("Ask for 1 to 100.")))


class PublicAnswersSchema(Schema):
    """A page of public answers; `next_cursor` goes into `after`, null ends it."""

    items: Any = fields.List(fields.Nested(PublicAnswerSchema), attribute="answers")
    next_cursor = fields.UUID(attribute="after", allow_none=True)
