"""A mail's subject, text and HTML from one template, in the language of the context."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from marketplace import clock, config, languages, money
from marketplace.branding import queries as branding
from marketplace.notifications.rules.kinds import kind_of
from marketplace.notifications.rules.mail import one_line

FOLDER = Path(__file__).parents[1] / "templates"
# What both layouts are made of; everything else in the folder is a mail.
LAYOUT = "layout"
BLANK_LINES = re.compile(r"\n{3,}")
TAGS_ALONE = re.compile(r"^[ \t]*((?:\{%(?:(?!%\}).)*%\}[ \t]*)+)\n", re.MULTILINE)
LINE_BREAK = Markup("<br>\n")


def written(kind: str, context: dict[str, Any], *, logo_url: str = "") -> dict[str, str]:
    """The mail as `subject`, `text` and `html`, under the site's logo or its name."""
    settings = config.current()
    known = {"site_name": settings.site_name, "public_url": settings.public_url, "audience": ""} | context
    known["choices_url"] = f"{settings.public_url}/account/mails" if kind_of(kind).is_optional else ""
    subject = _subject(kind, known)
    known |= {"subject": subject, "heading": subject}
    return {"subject": subject, "text": _text(kind, known), "html": _html(kind, known | {"logo_url": logo_url})}


def _subject(kind: str, known: dict[str, Any]) -> str:
    template = _templates("txt").get_template(f"{kind}.txt")
    context = template.new_context(known)
    return one_line("".join(template.blocks["subject"](context)))


def _text(kind: str, known: dict[str, Any]) -> str:
    text = _templates("txt").get_template(f"{kind}.txt").render(known, layout="layout/mail.txt")
    return BLANK_LINES.sub("\n\n", text).strip() + "\n"


def _html(kind: str, known: dict[str, Any]) -> str:
    reader = languages.current()
    return (
        _templates("html")
        .get_template(f"{kind}.txt")
        .render(
            known,
            layout="layout/mail.html",
            language=reader.content_language,
            direction=reader.direction,
        )
    )


def logo_url() -> str:
    """Where mail programs find the site's logo; '' where there is none."""
    logo = branding.logo()
    return f"{config.current().public_url}/pictures/{logo.id}/medium.webp" if logo is not None else ""


class MailTemplates(FileSystemLoader):
    """Templates in which a line of nothing but tags is no line, and every other line break stands."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """The template's text, its path, and whether it is still so."""
        source, path, fresh = super().get_source(environment, template)
        return TAGS_ALONE.sub(r"\1", source), path, fresh


@cache
def _templates(medium: str) -> Environment:
    """For 'txt' or 'html'; each has its own `p`, `card`, `facts`, `quote`, `items`, `amounts`, `button` and `link`."""
    environment = Environment(
        loader=MailTemplates(FOLDER),
        autoescape=medium == "html",  # noqa: S701  plain text is not escaped
        undefined=StrictUndefined,
    )
    languages.install(environment)
    environment.filters["money"] = money.spoken
    environment.filters["when"] = clock.spoken
    environment.filters["broken"] = _broken
    parts = environment.get_template(f"{LAYOUT}/parts.{medium}").module
    environment.globals |= {name: part for name, part in vars(parts).items() if not name.startswith("_")}
    return environment


def _broken(text: Any) -> Markup:
    """What people wrote, its line breaks kept."""
    return escape(text if isinstance(text, Markup) else str(text)).replace("\n", LINE_BREAK)
