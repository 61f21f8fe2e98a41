"""What a mail is made of, and what an invite is. Pure."""

from marketplace.notifications.rules.events import Meeting, Person, calendar_file
from marketplace.notifications.rules.mail import (
    MAX_ATTEMPTS,
    is_final,
    is_refused_for_good,
    mail,
    one_line,
    paragraphs,
)

__all__ = [
    "MAX_ATTEMPTS",
    "Meeting",
    "Person",
    "calendar_file",
    "is_final",
    "is_refused_for_good",
    "mail",
    "one_line",
    "paragraphs",
]
