"""How a coach is found: links, buttons, pictures, card, QR code, and texts to paste."""

import io

import qrcode
from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from qrcode.image.svg import SvgPathImage

from marketplace import config
from marketplace.authentication.access import signed_in
from marketplace.coaches.models import Coach
from marketplace.coaches.queries import bookable_offerings_of, by_handle, profile_of
from marketplace.coaches.rules import APPROVED
from marketplace.documents.rate_cards import SVG
from marketplace.http import actor
from marketplace.languages import LANGUAGES, Preferences, current, speaking
from marketplace.languages import gettext as _
from marketplace.pages.button_images import button_image
from marketplace.pages.discovery import public_address
from marketplace.pages.embedding import CARD_WIDTH, frame, height_of
from marketplace.pages.sharing_texts import paste_texts
from marketplace.request_limits import costs

bp = Blueprint("sharing", __name__)

BUTTON_STYLE = (
    "display:inline-block;padding:10px 18px;border-radius:10px;background:#0b6b50;color:#ffffff;"
    "font:600 16px system-ui,sans-serif;text-decoration:none"
)
BOOK, ASK = "book", "ask"
A_DAY = "public, max-age=86400"


@bp.get("/dashboard/share")
@signed_in
def show() -> ResponseReturnValue:
    """Everything to be copied, once the profile is public."""
    coach = profile_of(actor())
    link, language = _link(coach), current().content_language.partition("-")[0]
    words, ask_words = _words(BOOK), _words(ASK)
    drawn = public_address("embedding.card_picture", handle=coach.handle, kind=SVG, lang=language)
    image = public_address(".button", handle=coach.handle, lang=language)
    return render_template(
        "dashboard/share.html",
        coach=coach,
        public=coach.status == APPROVED,
        link=link,
        ask_link=_ask_link(coach),
        words=words,
        style=BUTTON_STYLE,
        language=language,
        button=Markup('<a href="{}" style="{}">{}</a>').format(link, BUTTON_STYLE, words),
        ask_button=Markup('<a href="{}" style="{}">{}</a>').format(_ask_link(coach), BUTTON_STYLE, ask_words),
        picture=Markup('<a href="{}"><img src="{}" alt="{}" height="44"></a>').format(link, image, words),
        rates_picture=Markup('<a href="{}"><img src="{}" alt="{}" width="600"></a>').format(
            link, drawn, _("Rates of %(name)s", name=coach.user.name)
        ),
        frame=frame(coach, width=CARD_WIDTH, height=height_of(len(bookable_offerings_of(coach.id))), lang=language),
        signature="\n".join([coach.user.name, coach.headline, _("%(words)s: %(link)s", words=words, link=link)]),
        paste_texts=paste_texts(_ask_link(coach)),
    )


@bp.get("/dashboard/share/qr.svg")
@signed_in
def qr_svg() -> ResponseReturnValue:
    """The link as a QR code to be printed in any size."""
    return _file(_code(_link(profile_of(actor())), image_factory=SvgPathImage), "image/svg+xml", "qr.svg")


@bp.get("/dashboard/share/qr.png")
@signed_in
def qr_png() -> ResponseReturnValue:
    """The same as a picture of dots."""
    return _file(_code(_link(profile_of(actor()))), "image/png", "qr.png")


@bp.get("/@<handle>/button.png")
@costs(2)
def button(handle: str) -> ResponseReturnValue:
    """A picture of the button to book or (`for=ask`) to ask, for places that show pictures and no buttons."""
    by_handle(handle)
    language = request.args.get("lang", "")
    # Any cache may keep it, so its language is the address's or the site's, never the browser's.
    with speaking(Preferences(language if language in LANGUAGES else config.current().default_locale)):
        answer = Response(button_image(_words(ASK if request.args.get("for") == ASK else BOOK)), mimetype="image/png")
    answer.headers["Cache-Control"] = A_DAY
    return answer


def _link(coach: Coach) -> str:
    return f"{config.current().public_url}/@{coach.handle}"


def _ask_link(coach: Coach) -> str:
    return f"{_link(coach)}/ask"


def _words(purpose: str) -> str:
    site = config.current().site_name
    return _("Ask me on %(site)s", site=site) if purpose == ASK else _("Book me on %(site)s", site=site)


def _code(text: str, **how: object) -> bytes:
    made = io.BytesIO()
    qrcode.make(text, **how).save(made)
    return made.getvalue()


def _file(content: bytes, kind: str, name: str) -> Response:
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f"inline; filename={name}"
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer
