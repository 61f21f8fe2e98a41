"""Which kinds of help are sold, and why one of them is not. Pure."""

from marketplace.languages import LazyText
from marketplace.languages import lazy_gettext as _l

SPONSOR = "sponsor"
KINDS = {
    "mentor": _l("Mentor"),
    "tutor": _l("Tutor"),
    "career_coach": _l("Career coach"),
    "therapist": _l("Therapist"),
}
# Rows from before say what they were; nothing new is of these.
NO_LONGER_SOLD = {SPONSOR: _l("Sponsor")}
EVERY_KIND = KINDS | NO_LONGER_SOLD
NOT_SOLD = _l(
    "Sponsorship is not sold here: a good word that was paid for is worth nothing. Keep what you do for others in your "
    "register of sponsorship instead."
)


def unsold(kind: str) -> LazyText | None:
    """Why nothing of this kind is sold; None where it is, or where nobody knows it."""
    return NOT_SOLD if kind in NO_LONGER_SOLD else None
