"""What the operator tells people: terms, privacy, imprint, help, contact, communities."""

from pathlib import Path

from marketplace import languages
from marketplace.languages import LazyText
from marketplace.languages import lazy_gettext as _l

TITLES = {
    "help": _l("Help"),
    "terms": _l("Terms"),
    "privacy": _l("Privacy"),
    "imprint": _l("Imprint"),
    "contact": _l("Contact"),
    # Where the guide leads whoever should not buy anything.
    "communities": _l("Communities, meetups and books"),
}
# Nobody takes other people's money and data without saying who they are and what becomes of it.
REQUIRED = ("imprint", "privacy")
LONGEST_BYTES = 500_000
# What every installation has to say of itself, where the operator says nothing else.
OWN = Path(__file__).parent / "texts"


def text(folder: str, name: str) -> str | None:
    """The Markdown of that name; without one in the operator's `folder` our own, None where we have none either.

    `NAME.de.md` is for those who read German, `NAME.md` for whoever has none in their language. Raises OSError for what
    cannot be read, and ValueError for what is no UTF-8 or longer than 500,000 bytes.
    """
    files = (f"{name}.{languages.current().language}.md", f"{name}.md")
    for path in (place / file for place in ((Path(folder), OWN) if folder else (OWN,)) for file in files):
        if path.is_file():
            content = path.read_bytes()
            if len(content) > LONGEST_BYTES:
                raise ValueError(f"{path} is longer than {LONGEST_BYTES} bytes")
            return content.decode()
    return None


def written(folder: str) -> dict[str, LazyText]:
    """The titles of the texts that there are, by name, in the order of the footer."""
    places = (Path(folder), OWN) if folder else (OWN,)
    return {name: title for name, title in TITLES.items() if any((place / f"{name}.md").is_file() for place in places)}


def missing(folder: str) -> list[str]:
    """The files that an installation in production has to have and that `folder` lacks, has empty or unreadable."""
    return [f"{name}.md" for name in REQUIRED if not _says_something(folder, name)]


def _says_something(folder: str, name: str) -> bool:
    try:
        return bool((text(folder, name) or "").strip())
    except (OSError, ValueError):
        return False
