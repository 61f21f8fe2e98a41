"""How a coach is found: link, button, image, QR code, and words for a mail signature."""

import io

import qrcode
from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from qrcode.image.svg import SvgPathImage

from marketplace import config
from marketplace.authentication.access import signed_in
from marketplace.coaches.models import Coach
from marketplace.coaches.queries import by_handle, profile_of
from marketplace.coaches.rules import APPROVED
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.pages.button_images import button_image
from marketplace.request_limits import costs

bp = Blueprint("sharing", __name__)

BUTTON_STYLE = (
    "display:inline-block;padding:10px 18px;border-radius:10px;background:#0b6b50;color:#ffffff;"
    "font:600 16px system-ui,sans-serif;text-decoration:none"
)
A_DAY = "public, max-age=86400"


@bp.get("/dashboard/share")
@signed_in
def show() -> ResponseReturnValue:
    """Everything to be copied, once the profile is public."""
    coach = profile_of(actor())
    link, words = _link(coach), _words()
    image = config.current().public_url + url_for(".button", handle=coach.handle)
    return render_template(
        "dashboard/share.html",
        coach=coach,
        public=coach.status == APPROVED,
        link=link,
        words=words,
        style=BUTTON_STYLE,
        button=Markup('<a href="{}" style="{}">{}</a>').format(link, BUTTON_STYLE, words),
        picture=Markup('<a href="{}"><img src="{}" alt="{}" height="44"></a>').format(link, image, words),
        signature="\n".join([coach.user.name, coach.headline, _("%(words)s: %(link)s", words=words, link=link)]),
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
    """A picture of the button, for places that show pictures and no buttons; of approved coaches."""
    by_handle(handle)
    answer = Response(button_image(_words()), mimetype="image/png")
    answer.headers["Cache-Control"] = A_DAY
    return answer


def _link(coach: Coach) -> str:
    return f"{config.current().public_url}/@{coach.handle}"


def _words() -> str:
    return _("Book me on %(site)s", site=config.current().site_name)


def _code(text: str, **how: object) -> bytes:
    made = io.BytesIO()
    qrcode.make(text, **how).save(made)
    return made.getvalue()


def _file(content: bytes, kind: str, name: str) -> Response:
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f"inline; filename={name}"
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer
