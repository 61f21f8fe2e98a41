"""The fields of a brief as they come in: of an ask, and of a session."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from marketplace import text
from marketplace.accounts.schemas import plain_text
from marketplace.asks.rules import brief as brief_rules
from marketplace.asks.rules import pricing
from marketplace.asks.rules.brief import MOST_POINTS, PAYERS
from marketplace.bookings.holds.schemas import brief_text
from marketplace.bookings.schemas import Written
from marketplace.coaches.kinds.rules import KINDS, unsold
from marketplace.coaches.schemas import in_our_time
from marketplace.languages import gettext as _
from marketplace.schema_fields import TrueOrFalse


def within(longest: int) -> Any:
    """Refuses what is longer than so many characters, or is not plain text."""

    def check(words: str) -> None:
        if len(words) > longest:
            raise ValidationError(_("Keep this within %(most)s characters.", most=longest))
        plain_text(words)

    return check


def number_within(least: int, most: int) -> Any:
    """Refuses a number that is not between both."""

    def check(number: int) -> None:
        if not least <= number <= most:
            raise ValidationError(_("Write a number from %(least)s to %(most)s.", least=least, most=most))

    return check


def some_words(longest: int, **options: Any) -> fields.String:
    """A text of at most so many characters, which may be left out unless it is `required`."""
    usual: dict[str, Any] = {} if options.get("required") else {"load_default": ""}
    return fields.String(validate=within(longest), **usual, **options)


class BriefSchema(Written):
    """What you want of a coach. The more of it is said, the more points it has (`points` of the preview)."""

    kind = fields.String(required=True, metadata={"enum": list(KINDS)})
    about = some_words(brief_rules.LONGEST_TEXT, metadata={"description": "what it is about, as questions"})
    not_about = some_words(brief_rules.LONGEST_LINE, metadata={"description": "what it is not about"})
    tried = some_words(brief_rules.LONGEST_TEXT, metadata={"description": "what you tried, with links to your work"})
    why_coach = some_words(brief_rules.LONGEST_LINE, metadata={"description": "why this coach"})
    aim = some_words(brief_rules.LONGEST_LINE, metadata={"description": "what you want to have or decide afterwards"})
    by_when = fields.Date(load_default=None, allow_none=True, validate=in_our_time)
    minutes = fields.Integer(required=True, validate=number_within(pricing.LEAST_MINUTES, pricing.MOST_MINUTES))
    words_enough = TrueOrFalse(load_default=False, metadata={"description": "a written answer is enough"})
    payer = fields.String(load_default="me", metadata={"enum": list(PAYERS)})

    @validates_schema
    def known(self, data: dict[str, Any], **_options: Any) -> None:
        problems = {}
        if reason := unsold(data["kind"]):
            problems["kind"] = [str(reason)]
        elif data["kind"] not in KINDS:
            problems["kind"] = [_("Choose a kind of help.")]
        if data["payer"] not in PAYERS:
            problems["payer"] = [_("Choose who would pay.")]
        if problems:
            raise ValidationError(problems)


class SaidSchema(BriefSchema):
    """The same, said well enough to be sent."""

    @validates_schema
    def says_something(self, data: dict[str, Any], **_options: Any) -> None:
        if text.seen_length(data["about"]) < brief_rules.SHORTEST_ABOUT:
            least = brief_rules.SHORTEST_ABOUT
            raise ValidationError(_("Say in %(least)s characters or more what it is about.", least=least), "about")


class SessionBriefWriteSchema(Written):
    """What a session is to be about. All of it is replaced; the coach is told once the session is theirs to hold."""

    brief = brief_text()
    not_about = some_words(brief_rules.LONGEST_LINE, required=True)
    tried = some_words(brief_rules.LONGEST_TEXT, required=True)
    why_coach = some_words(brief_rules.LONGEST_LINE, required=True)
    aim = some_words(brief_rules.LONGEST_LINE, required=True)
    by_when = fields.Date(required=True, allow_none=True, validate=in_our_time)


class SessionBriefSchema(SessionBriefWriteSchema):
    """The same with its points, which are those of an ask; `missing` says by field how to earn the others."""

    points = fields.Integer(
        allow_none=True, metadata={"description": f"of {MOST_POINTS}; null once the session is over or called off"}
    )
    missing = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
