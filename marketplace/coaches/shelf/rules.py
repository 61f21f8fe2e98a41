"""What stands on a shelf. Pure."""

from urllib.parse import urlsplit

from marketplace.languages import lazy_gettext as _l

KINDS_OF_ITEM = {"book": _l("A book"), "talk": _l("A talk"), "post": _l("A post")}
MOST_ITEMS = 40
LONGEST_TITLE, LONGEST_LINE, LONGEST_URL = 160, 300, 500


def is_address(url: str) -> bool:
    """Is it the address of a page, as a browser opens it?"""
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and not set(url) & set(" \t\n<>\"'")
    except ValueError:
        return False
