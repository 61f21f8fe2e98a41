"""Sentences of templates that do not go through gettext."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment

import marketplace.pages

TEMPLATES = Path(marketplace.pages.__file__).parent / "templates"
# What only development shows.
OF_DEVELOPMENT = "styleguide/"
VALUE = "\N{OBJECT REPLACEMENT CHARACTER}"
GETTEXT = {"_", "gettext", "ngettext", "pgettext"}
READ_ALOUD = {"alt", "aria-label", "aria-description", "content", "label", "placeholder", "title"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# A capital and small letters, or several words; names of classes, fields and endpoints are neither.
WORDS = re.compile(r"[A-ZÀ-Þ][a-zà-ÿ]+|[a-z]+ [a-z]+ [a-z]+(?! ?[a-z]*-)|, [a-z]+")
# What a macro adds to a tag that is written elsewhere.
ATTRIBUTE = re.compile(r'[\w-]+="[^"]*"')
LETTERS = re.compile(r"[^\W\d_]{2,}")


def templates() -> list[str]:
    """Every template that people see, by its name."""
    names = [file.relative_to(TEMPLATES).as_posix() for file in sorted(TEMPLATES.rglob("*.html"))]
    return [name for name in names if not name.startswith(OF_DEVELOPMENT)]


def untranslated(source: str) -> list[str]:
    """The texts of a template that stand there as they are: between tags, in attributes, in expressions.

    What stands in `code` or under `translate="no"` is nobody's language.
    """
    markup, strings = _parts(source)
    page = _Page()
    page.feed(markup)
    page.close()
    return page.found + [text for text in strings if WORDS.search(text)]


def _parts(source: str) -> tuple[str, list[str]]:
    """The markup with a sign for each value, and the texts in expressions that gettext is not given."""
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    markup: list[str] = []
    strings: list[str] = []
    inside_trans = inside_width = False
    expression: list[tuple[str, str]] = []
    for _line, kind, text in environment.lexer.tokeniter(source, None):
        if kind in {"variable_begin", "block_begin"}:
            expression = []
        elif kind in {"variable_end", "block_end"}:
            first = expression[0][1] if expression else ""
            if kind == "block_end" and first in {"trans", "endtrans"}:
                inside_trans = first == "trans"
                markup.append(VALUE)
            elif kind == "variable_end" and not inside_trans:
                markup.append(VALUE)
            if kind == "block_end" and first in {"block", "endblock"}:
                inside_width = (first, expression[-1][1]) == ("block", "width")
            strings.extend(_said(expression))
        elif kind == "data":
            markup.append("" if inside_trans or inside_width else text)
        elif kind not in {"whitespace", "comment_begin", "comment", "comment_end"}:
            expression.append((kind, text))
    return "".join(markup), strings


def _said(expression: list[tuple[str, str]]) -> Iterator[str]:
    """Texts of an expression outside of gettext's arguments; what a template includes or compares with is none."""
    if (expression and expression[0][1] in {"extends", "include", "from", "import"}) or (
        "name",
        "startswith",
    ) in expression:
        return
    inside: list[bool] = []
    for number, (kind, text) in enumerate(expression):
        if text == "(":
            inside.append(number > 0 and expression[number - 1][1] in GETTEXT)
        elif text == ")" and inside:
            inside.pop()
        elif kind == "string" and not any(inside) and expression[number - 1][1] not in {"==", "!="}:
            yield text[1:-1]


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.kept: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.extend(
            value for name, value in attributes if name in READ_ALOUD and self._is_said(tag, name, value, attributes)
        )
        is_kept = self.kept or tag in {"code", "script", "style"} or ("translate", "no") in attributes
        if is_kept and tag not in VOID:
            self.kept.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.kept:
            while self.kept.pop() != tag:
                pass

    def handle_data(self, text: str) -> None:
        text = ATTRIBUTE.sub("", text)
        if not self.kept and LETTERS.search(text.replace(VALUE, " ")):
            self.found.append(" ".join(text.replace(VALUE, "…").split()))

    def _is_said(self, tag: str, name: str, value: str | None, attributes: list[tuple[str, str | None]]) -> bool:
        if not LETTERS.search((value or "").replace(VALUE, " ")):
            return False
        # Of the heads of pages only descriptions are read.
        return name != "content" or ("name", "description") in attributes
