"""Sentences for translation: `make messages` collects them into the catalogues, `--check` refuses what is missing.

Collected are gettext calls in Python and templates, and the docstrings of errors, which are what people read.
"""

import argparse
import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

import marketplace
from marketplace.errors import FairhourError, sentence_of
from marketplace.languages import LANGUAGES
from marketplace.languages.messages import CATALOGUES
from marketplace.languages.preferences import ENGLISH

ROOT = Path(marketplace.__file__).parent
METHODS = [("**.py", "python"), ("**/templates/**", "jinja2")]
OPTIONS = {"**/templates/**": {"trimmed": "true", "silent": "false"}}
PLURALS = dict.fromkeys(("ngettext", "lazy_ngettext", "_n"), (1, 2))
KEYWORDS = {**DEFAULT_KEYWORDS, **PLURALS, "lazy_gettext": None, "_l": None, "pgettext": ((1, "c"), 2)}
TRANSLATED = sorted(set(LANGUAGES) - {ENGLISH})


def collected() -> Catalog:
    """Every sentence that people may read, in order of the English."""
    found = Catalog(charset="utf-8")
    for file, _line, message, _comments, context in extract_from_dir(
        ROOT, METHODS, OPTIONS, keywords=KEYWORDS, strip_comment_tags=True
    ):
        found.add(message, locations=[(file, 0)], context=context)
    for kind in errors():
        if sentence_of(kind):
            found.add(sentence_of(kind), locations=[(kind.__module__.replace(".", "/") + ".py", 0)])
    return found


def errors() -> Iterator[type[FairhourError]]:
    """Each kind of error that the domains know."""
    for module in pkgutil.walk_packages([str(ROOT)], "marketplace."):
        importlib.import_module(module.name)
    waiting: list[type[FairhourError]] = [FairhourError]
    while waiting:
        kind = waiting.pop()
        yield kind
        waiting.extend(kind.__subclasses__())


def catalogue(language: str) -> Catalog:
    """A language's catalogue as it lies there; an empty one where there is none."""
    file = CATALOGUES / f"{language}.po"
    if not file.exists():
        return Catalog(locale=language)
    with file.open("rb") as lines:
        return read_po(lines, locale=language)


def update(language: str, sentences: Catalog) -> None:
    """Add new sentences to a catalogue, without words yet, and take out those that nobody reads any more."""
    theirs = catalogue(language)
    renewed = Catalog(locale=language, header_comment="", fuzzy=False)
    for message in sentences:
        if message.id:
            known = theirs.get(_singular(message), message.context)
            renewed.add(message.id, known.string if known and known.id == message.id else None, context=message.context)
    write(renewed)


def write(renewed: Catalog) -> None:
    """Write a catalogue so that changes of it can be compared and merged."""
    CATALOGUES.mkdir(exist_ok=True)
    with (CATALOGUES / f"{renewed.locale_identifier}.po").open("wb") as file:
        write_po(file, renewed, width=0, no_location=True, omit_header=False, sort_output=True, ignore_obsolete=True)


def faults(language: str, sentences: Catalog) -> list[str]:
    """What is missing, doubtful, left over or has other values than the English, as sentences."""
    theirs, found = catalogue(language), []
    for message in sentences:
        if not message.id:
            continue
        known = theirs.get(_singular(message), message.context)
        if known is None or known.id != message.id:
            found.append(f"{language}: not collected (make messages): {_singular(message)}")
        elif not all(known.string if isinstance(known.string, tuple | list) else [known.string]):
            found.append(f"{language}: not translated: {_singular(message)}")
        elif known.fuzzy:
            found.append(f"{language}: doubtful: {_singular(message)}")
        else:
            found.extend(f"{language}: {wrong}: {_singular(message)}" for wrong in _checked(known, theirs))
    needed = {(_singular(message), message.context) for message in sentences}
    left = [message for message in theirs if message.id and (_singular(message), message.context) not in needed]
    return found + [f"{language}: nobody reads this any more: {_singular(message)}" for message in left]


def _checked(message: Message, theirs: Catalog) -> Iterator[Any]:
    yield from message.check(theirs)
    said = message.string if isinstance(message.string, tuple | list) else [message.string]
    if any(_filled_in(each or "") != _filled_in(_singular(message)) for each in said):
        yield "other names in braces"


def _filled_in(sentence: str) -> set[str]:
    """What marshmallow fills in."""
    return set(re.findall(r"\{\w*\}", sentence))


def _singular(message: Message) -> str:
    return message.id[0] if isinstance(message.id, tuple | list) else str(message.id)


def main() -> int:
    """Update the catalogues, or with --check say what is wrong with them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail where a sentence is not translated")
    asked = parser.parse_args()
    sentences = collected()
    if not asked.check:
        for language in TRANSLATED:
            update(language, sentences)
    found = [fault for language in TRANSLATED for fault in faults(language, sentences)]
    for fault in found:
        print(fault)
    print(f"{len(sentences)} sentences, {len(found)} faults in {', '.join(TRANSLATED)}")
    return 1 if found and asked.check else 0


if __name__ == "__main__":
    sys.exit(main())
