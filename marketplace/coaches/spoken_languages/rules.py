"""Languages by their ISO 639-1 codes and their names. Pure."""

from functools import cache

from babel import Locale

from marketplace.languages import LANGUAGES, current


@cache
def languages() -> dict[str, str]:
    """English names by ISO 639-1 code, which are the languages we know: {'de': 'German', …}."""
    names = Locale("en").languages
    return {code: str(names[code]) for code in sorted(names) if len(code) == 2}


@cache
def _codes_by_name() -> dict[str, str]:
    own_names = {str(Locale(code).get_display_name() or "").lower(): code for code in _spoken_natively()}
    names = own_names | {
        str(name).lower(): code
        for site in LANGUAGES
        for code, name in Locale(site).languages.items()
        if code in languages()
    }
    return names | {name.lower(): code for code, name in languages().items()}


def _spoken_natively() -> tuple[str, ...]:
    return ("ar", "cs", "da", "de", "el", "es", "fi", "fr", "he", "hi", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sv")


def language_code(text: str) -> str | None:
    """The ISO 639-1 code of 'de', 'German', 'alemán' or 'Deutsch'; None where we know no such language."""
    cleaned = text.strip().lower()
    return cleaned if cleaned in languages() else _codes_by_name().get(cleaned)


def language_name(code: str) -> str:
    """'German' for 'de', in the reader's language."""
    return str(current().babel.languages.get(code, code))
