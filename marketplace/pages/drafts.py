"""What was typed before one had to sign in: kept for an hour, in that browser alone."""

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode

from flask import Response, current_app, request

PATH = "/book"
KEPT_SECONDS = 3600
# A browser drops cookies of more than 4,096 bytes; 2,000 characters of any script fit into three.
PIECE_BYTES = 3500
PIECES = 3
LONGEST_BYTES = 10_000


def keep(answer: Response, text: str) -> Response:
    """Let the browser that gets `answer` bring `text` along when it returns."""
    packed = urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode() if text else ""
    for number in range(PIECES):
        piece = packed[number * PIECE_BYTES : (number + 1) * PIECE_BYTES]
        if piece:
            secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
            name = f"draft{number}"
            answer.set_cookie(name, piece, KEPT_SECONDS, path=PATH, secure=secure, httponly=True, samesite="Lax")
        elif f"draft{number}" in request.cookies:
            answer.delete_cookie(f"draft{number}", path=PATH)
    return answer


def kept() -> str:
    """What the browser brought along, or ''."""
    packed = "".join(request.cookies.get(f"draft{number}", "") for number in range(PIECES))
    try:
        return zlib.decompressobj().decompress(urlsafe_b64decode(packed.encode()), LONGEST_BYTES).decode()
    except (ValueError, zlib.error):
        return ""
