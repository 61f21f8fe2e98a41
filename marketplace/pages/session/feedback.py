"""What the reader of a session said that it was, and the form for it."""

from dataclasses import dataclass

from marketplace.accounts.models import User
from marketplace.bookings.models import Booking
from marketplace.pages.wording import COACH, MENTEE, Reader
from marketplace.session_feedback import queries
from marketplace.session_feedback.rules import ANSWERS


@dataclass(frozen=True)
class FeedbackPart:
    """The answers to choose from, and those that stand: what was said, or else the kind that was sold and yes."""

    kinds: tuple[tuple[str, str], ...]
    kind: str
    dealt_with: str
    was_said: bool
    is_open: bool

    @classmethod
    def of_asked(cls, asked: queries.FeedbackAsked) -> "FeedbackPart":
        """What one side of a session is asked."""
        return cls(
            kinds=tuple((kind, str(words)) for kind, words in ANSWERS.items()),
            kind=asked.kind or asked.booking.kind,
            dealt_with="no" if asked.dealt_with is False else "yes",
            was_said=asked.said is not None,
            is_open=asked.is_open,
        )

    @classmethod
    def of(cls, person: User, booking: Booking, reader: Reader) -> "FeedbackPart | None":
        """None where nothing can be said and nothing was, and for admins."""
        if reader.side not in {MENTEE, COACH}:
            return None
        part = cls.of_asked(queries.of_party(person, booking.id))
        return part if part.is_open or part.was_said else None
