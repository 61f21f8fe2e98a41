"""A coach's public answers: the list with its search, one answer, the feed."""

import uuid
from typing import Any

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import escape

from marketplace import clock
from marketplace.asks.published_answers import queries
from marketplace.asks.published_answers.models import PublishedAnswer
from marketplace.asks.published_answers.schemas import PublicAnswersQuerySchema
from marketplace.coaches import queries as coaches
from marketplace.coaches.models import Coach
from marketplace.coaches.rules import about_html
from marketplace.coaches.shelf import queries as shelves
from marketplace.coaches.shelf.rules import KINDS_OF_ITEM
from marketplace.errors import NotFound
from marketplace.languages import current as reader
from marketplace.languages import gettext as _
from marketplace.pages.arguments import id_argument
from marketplace.pages.discovery import public_address
from marketplace.pages.forms import load_address
from marketplace.request_limits import costs

bp = Blueprint("public_answers", __name__)

IN_FEED = 30
FEED_SECONDS = 900


@bp.get("/@<handle>/answers")
@costs(2)
def listed(handle: str) -> ResponseReturnValue:
    """A coach's public answers, the newest first, or those that say what is looked for; and the shelf."""
    coach = coaches.by_handle(handle)
    wanted, typed, errors = load_address(PublicAnswersQuerySchema(only=["text"]))
    after = id_argument("after")
    text = wanted.get("text", "")
    page = queries.of_coach(coach, text=text, language=reader().language, after=after)
    at = {"handle": coach.handle} | ({"text": text} if text else {})
    return render_template(
        "answers/listed.html",
        coach=coach,
        page=page,
        typed=typed,
        errors=errors,
        searched=bool(text),
        shelf=shelves.of_coach(coach.id),
        shelf_kinds=KINDS_OF_ITEM,
        canonical=public_address(".listed", handle=coach.handle),
        start=url_for(".listed", **at) if after else None,
        more=url_for(".listed", **at, after=page.after) if page.after else None,
    ), 422 if errors else 200


@bp.get("/@<handle>/answers/<uuid:public_answer_id>")
@costs(1)
def show(handle: str, public_answer_id: uuid.UUID) -> ResponseReturnValue:
    """One public answer."""
    found = queries.public(public_answer_id)
    if found.coach.handle != handle.lower():
        raise NotFound
    about = _described(found)
    return render_template("answers/show.html", answer=found, coach=found.coach, about=about)


@bp.get("/@<handle>/answers.atom")
@costs(2)
def feed(handle: str) -> ResponseReturnValue:
    """The newest public answers as an Atom feed (RFC 4287)."""
    coach = coaches.by_handle(handle)
    answers = queries.of_coach(coach, limit=IN_FEED).answers
    answer = Response(_atom(coach, list(answers)), mimetype="application/atom+xml")
    answer.headers["Cache-Control"] = f"public, max-age={FEED_SECONDS}"
    return answer


def _atom(coach: Coach, answers: list[PublishedAnswer]) -> str:
    own = public_address(".feed", handle=coach.handle)
    whole = public_address(".listed", handle=coach.handle)
    updated = answers[0].published_at if answers else coach.decided_at
    entries = "".join(_entry(coach.handle, each) for each in answers)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<id>{escape(own)}</id>\n"
        f"<title>{escape(_('Answers by %(name)s', name=coach.user.name))}</title>\n"
        f"<updated>{(updated or clock.now()).isoformat()}</updated>\n"
        f"<author><name>{escape(coach.user.name)}</name></author>\n"
        f'<link rel="self" type="application/atom+xml" href="{escape(own)}"/>\n'
        f'<link rel="alternate" type="text/html" href="{escape(whole)}"/>\n'
        f"{entries}</feed>\n"
    )


def _entry(handle: str, found: PublishedAnswer) -> str:
    address = public_address(".show", handle=handle, public_answer_id=found.id)
    assert found.published_at is not None  # the database says so of what is public
    at = found.published_at.isoformat()
    return (
        f'<entry xml:lang="{escape(found.language)}">\n<id>urn:uuid:{found.id}</id>\n'
        f"<title>{escape(found.title)}</title>\n<published>{at}</published>\n<updated>{at}</updated>\n"
        f'<link rel="alternate" type="text/html" href="{escape(address)}"/>\n'
        f"<summary>{escape(found.question)}</summary>\n"
        f'<content type="html">{escape(about_html(found.answer))}</content>\n</entry>\n'
    )


def _described(found: PublishedAnswer) -> dict[str, Any]:
    """The answer in the words of schema.org; whoever asked is nobody there."""
    address = public_address(".show", handle=found.coach.handle, public_answer_id=found.id)
    assert found.published_at is not None  # the database says so of what is public
    published = found.published_at.isoformat()
    author = {
        "@type": "Person",
        "name": found.coach.user.name,
        "url": public_address("coaches.rate_card", handle=found.coach.handle),
    }
    answer = {"@type": "Answer", "text": found.answer, "url": address, "datePublished": published, "author": author}
    question = {
        "@type": "Question",
        "name": found.title,
        "text": found.question,
        "datePublished": published,
        "answerCount": 1,
        "acceptedAnswer": answer,
    }
    return {
        "@context": "https://schema.org",
        "@type": "QAPage",
        "url": address,
        "inLanguage": found.language,
        "mainEntity": question,
    }
