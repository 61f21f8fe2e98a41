"""A rate card on other sites: picture, card to frame, and oEmbed, which finds them."""

import hashlib
import re
from typing import Any, Literal
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape
from marshmallow import Schema, ValidationError, fields, validate
from werkzeug.exceptions import NotImplemented as NoSuchFormat

from marketplace import config
from marketplace.accounts.schemas import Trimmed
from marketplace.coaches.models import Coach
from marketplace.coaches.queries import bookable_offerings_of, by_handle
from marketplace.coaches.schemas import CHOOSE_ONE_OF_CHOICES
from marketplace.documents.rate_cards import DARK, LIGHT, MOST_ROWS, PNG, SVG, picture
from marketplace.error_answers import invalid
from marketplace.errors import NotFound
from marketplace.languages import LANGUAGES, Preferences, current, speaking
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.pages import rate_cards
from marketplace.pages.discovery import public_address
from marketplace.request_limits import costs

bp = Blueprint("embedding", __name__)

AUTO, JSON, XML = "auto", "json", "xml"
KEPT_SECONDS = 3600
# Whoever likes may frame the card: it has nothing to press but links, which open beside it. No other page is framed.
FRAMED_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"
)
TYPES = {SVG: "image/svg+xml", PNG: "image/png"}
# In CSS pixels: as wide as the card likes to be, what a row of it needs, and everything else.
CARD_WIDTH, ROW_HEIGHT, REST_HEIGHT = 480, 68, 176
# A smaller frame shows nothing that can be read: then there is a link.
NARROWEST, LOWEST = 200, 120
COACHES_PAGE = re.compile(r"/@(?P<handle>[^/]+)(?:/ask)?/?")
AT_LEAST_ONE: Any = _l("Write a whole number of pixels, at least 1.")


class LookSchema(Trimmed):
    """In which language and colours a card is shown; without, in the site's own and as the reader's system has it."""

    lang = fields.String(validate=validate.OneOf(LANGUAGES, error=CHOOSE_ONE_OF_CHOICES))
    theme = fields.String(validate=validate.OneOf((AUTO, LIGHT, DARK), error=CHOOSE_ONE_OF_CHOICES), load_default=AUTO)


class OembedSchema(LookSchema):
    """What a consumer of oEmbed asks (oembed.com, 2.2)."""

    url = fields.String(required=True, error_messages={"required": _l("Name the address of a coach's page.")})
    format = fields.String(load_default=JSON)
    maxwidth = fields.Integer(
        validate=validate.Range(min=1, error=AT_LEAST_ONE), error_messages={"invalid": AT_LEAST_ONE}
    )
    maxheight = fields.Integer(
        validate=validate.Range(min=1, error=AT_LEAST_ONE), error_messages={"invalid": AT_LEAST_ONE}
    )


@bp.get("/@<handle>/card")
@costs(1)
def card(handle: str) -> ResponseReturnValue:
    """The rate card of an approved coach, to stand in a frame on any site; without scripts, cookies and forms."""
    coach, look = by_handle(handle), _read(LookSchema())
    with speaking(_reader(look)):
        page = render_template(
            "coaches/card.html",
            coach=coach,
            offerings=bookable_offerings_of(coach.id)[:MOST_ROWS],
            theme=look["theme"],
            address=public_address("coaches.rate_card", handle=coach.handle),
            ask=public_address("asks.form", handle=coach.handle),
        )
        answer = _kept(page, "text/html")
    answer.headers["Content-Security-Policy"] = FRAMED_POLICY
    return answer


@bp.get("/@<handle>/card.svg", defaults={"kind": SVG})
@bp.get("/@<handle>/card.png", defaults={"kind": PNG})
@costs(2)
def card_picture(handle: str, kind: Literal["svg", "png"]) -> ResponseReturnValue:
    """The same as a picture, light unless it is asked for dark."""
    coach, look = by_handle(handle), _read(LookSchema())
    with speaking(_reader(look)):
        drawn = rate_cards.as_picture(coach, bookable_offerings_of(coach.id))
        return _kept(picture(drawn, DARK if look["theme"] == DARK else LIGHT, kind), TYPES[kind])


@bp.get("/oembed")
@costs(1)
def oembed() -> ResponseReturnValue:
    """How a coach's page is shown on another site, in JSON or XML; 404 for any other address, 501 for other formats."""
    asked = _read(OembedSchema())
    if asked["format"] not in {JSON, XML}:
        raise NoSuchFormat(_("There is JSON and XML."))
    coach = _coach_at(asked["url"])
    with speaking(_reader(asked)):
        said = _embedded(coach, asked)
    if asked["format"] == XML:
        inside = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in said.items())
        return _kept(f'<?xml version="1.0" encoding="utf-8" standalone="yes"?><oembed>{inside}</oembed>', "text/xml")
    return _kept(jsonify(said).get_data(), "application/json")


def frame(coach: Coach, *, width: int, height: int, **look: str) -> Markup:
    """The HTML of a frame with the card; what is pressed in it opens beside the page around it."""
    address = public_address("embedding.card", handle=coach.handle, **look)
    return Markup(
        '<iframe src="{}" width="{}" height="{}" title="{}" loading="lazy" style="border:0;max-width:100%"'
        ' sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>'
    ).format(address, width, height, _("Rates of %(name)s", name=coach.user.name))


def height_of(offerings: int) -> int:
    """How high a card with so many offerings is, in CSS pixels."""
    return REST_HEIGHT + ROW_HEIGHT * min(offerings, MOST_ROWS)


def _embedded(coach: Coach, asked: dict[str, Any]) -> dict[str, Any]:
    settings = config.current()
    said = {
        "version": "1.0",
        "title": f"{coach.user.name}: {coach.headline}",
        "author_name": coach.user.name,
        "author_url": public_address("coaches.rate_card", handle=coach.handle),
        "provider_name": settings.site_name,
        "provider_url": settings.public_url,
        "cache_age": KEPT_SECONDS,
    }
    width = min(CARD_WIDTH, asked.get("maxwidth", CARD_WIDTH))
    wanted = height_of(len(bookable_offerings_of(coach.id)))
    height = min(wanted, asked.get("maxheight", wanted))
    if width < NARROWEST or height < LOWEST:
        return said | {"type": "link"}
    look = {name: asked[name] for name in ("lang", "theme") if asked.get(name, AUTO) != AUTO}
    html = frame(coach, width=width, height=height, **look)
    return said | {"type": "rich", "html": str(html), "width": width, "height": height}


def _coach_at(address: str) -> Coach:
    """The approved coach whose page an address of this site is; NotFound."""
    ours = urlsplit(config.current().public_url)
    try:
        parts = urlsplit(address)
    except ValueError:
        raise NotFound from None
    found = COACHES_PAGE.fullmatch(parts.path)
    if found is None or parts.scheme not in {"http", "https"} or parts.netloc.lower() != ours.netloc.lower():
        raise NotFound
    return by_handle(found["handle"])


def _read(schema: Schema) -> dict[str, Any]:
    try:
        known = {name: request.args[name] for name in schema.fields if name in request.args}
        loaded: dict[str, Any] = schema.load(known)
    except ValidationError as error:
        raise invalid(error.messages) from error
    return loaded


def _reader(look: dict[str, Any]) -> Preferences:
    """Any cache may keep the answer, so its language is the address's or the site's, never the browser's."""
    return Preferences(look.get("lang") or config.current().default_locale)


def _kept(content: str | bytes, kind: str) -> Response:
    """An answer that any cache keeps for an hour, and asks for anew without its content where nothing changed."""
    answer = Response(content, mimetype=kind)
    answer.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    answer.headers["Content-Language"] = current().content_language
    answer.set_etag(hashlib.sha256(answer.get_data()).hexdigest()[:32])
    answer.make_conditional(request)
    return answer
