"""Texts with a coach's link to ask, for wherever quick questions come, in every language."""

from dataclasses import dataclass

from marketplace.languages import LANGUAGES, Preferences, speaking
from marketplace.languages import gettext as _


@dataclass(frozen=True)
class PasteText:
    """A text for one place, in one language. `place` is said in the reader's language, `id` names it on a page."""

    id: str
    place: str
    text: str


@dataclass(frozen=True)
class PasteTexts:
    """The texts in one language."""

    language: str
    called: str
    texts: tuple[PasteText, ...]


def paste_texts(ask_link: str) -> list[PasteTexts]:
    """The texts with this link, a set for each language of the site."""
    places = {"mail": _("Answer to a mail"), "linkedin": _("LinkedIn"), "chat": _("Chat")}
    sets = []
    for language, called in LANGUAGES.items():
        with speaking(Preferences(language)):
            texts = _texts(ask_link)
        told = tuple(PasteText(f"{place}-{language}", words, texts[place]) for place, words in places.items())
        sets.append(PasteTexts(language, called, told))
    return sets


def _texts(link: str) -> dict[str, str]:
    return {
        "mail": _(
            "Thank you for asking me. To give this the time it needs, I take questions here: %(link)s\n\n"
            "You see the price as you write, asking costs nothing, and I answer within seven days: with an answer, "
            "with an offer, or with an honest no.",
            link=link,
        ),
        "linkedin": _(
            "You would like to ask me something about my work? Ask here, with what you tried and what you are aiming "
            "for. You see the price before you send it, and you get an answer, an offer or an honest no: %(link)s",
            link=link,
        ),
        "chat": _("I am glad to look at this. Please ask it here, then it is not lost: %(link)s", link=link),
    }
