"""What was typed before one had to sign in: kept for an hour, in that browser alone."""

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode

from flask import Response

from marketplace.authentication.cookie_pieces import CookiePieces

# 2,000 characters of any script fit into its cookies.
DRAFT = CookiePieces("draft", "/book", 3600)
LONGEST_BYTES = 10_000


def keep(answer: Response, text: str) -> Response:
    """Let the browser that gets `answer` bring `text` along when it returns."""
    return DRAFT.keep(answer, urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode() if text else "")


def kept() -> str:
    """What the browser brought along, or ''."""
    try:
        packed = urlsafe_b64decode(DRAFT.kept().encode())
        return zlib.decompressobj().decompress(packed, LONGEST_BYTES).decode()
    except (ValueError, zlib.error):
        return ""
