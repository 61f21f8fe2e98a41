"""Help, terms, privacy, imprint, contact and communities, as the operator wrote them."""

import nh3
from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from markdown_it import MarkdownIt

from marketplace import config, operator_texts
from marketplace.errors import NotFound

bp = Blueprint("operator_texts", __name__)

_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


@bp.get("/help", defaults={"name": "help"})
@bp.get("/terms", defaults={"name": "terms"})
@bp.get("/privacy", defaults={"name": "privacy"})
@bp.get("/imprint", defaults={"name": "imprint"})
@bp.get("/contact", defaults={"name": "contact"})
@bp.get("/communities", defaults={"name": "communities"})
def show(name: str) -> ResponseReturnValue:
    """One of the operator's texts; 404 without one."""
    markdown = operator_texts.text(config.current().texts_folder, name)
    if markdown is None:
        raise NotFound
    title, body = _parts(markdown.strip(), str(operator_texts.TITLES[name]))
    html = nh3.clean(_markdown.render(body), link_rel="noopener noreferrer")
    return render_template("operator_text.html", title=title, html=html)


def _parts(markdown: str, title: str) -> tuple[str, str]:
    """The title, which is the first line if that is a heading of the first level, and the rest."""
    first, _, rest = markdown.partition("\n")
    return (first[2:].strip(), rest) if first.startswith("# ") else (title, markdown)
