"""A text that a browser brings along, in as many cookies as it needs."""

from dataclasses import dataclass

from flask import Response, current_app, request

# A browser drops cookies of more than 4,096 bytes.
PIECE_BYTES = 3500
PIECES = 3


@dataclass(frozen=True)
class CookiePieces:
    """A text of letters that cookies may have, kept for a while and sent to one path alone."""

    name: str
    path: str
    seconds: int

    def fits(self, text: str) -> bool:
        """Is there room for it?"""
        return len(text) <= PIECES * PIECE_BYTES

    def keep(self, answer: Response, text: str) -> Response:
        """Let the browser that gets `answer` bring `text` along when it returns; nothing of what it brought before."""
        for number in range(PIECES):
            piece = text[number * PIECE_BYTES : (number + 1) * PIECE_BYTES]
            name = f"{self.name}{number}"
            if piece:
                secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
                answer.set_cookie(
                    name, piece, self.seconds, path=self.path, secure=secure, httponly=True, samesite="Lax"
                )
            elif name in request.cookies:
                answer.delete_cookie(name, path=self.path)
        return answer

    def kept(self) -> str:
        """What the browser brought along, or ''."""
        return "".join(request.cookies.get(f"{self.name}{number}", "") for number in range(PIECES))
