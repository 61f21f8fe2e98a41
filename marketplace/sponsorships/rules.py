"""Acts of sponsorship: which there are, their states, and what everybody may read. Pure."""

from datetime import date, timedelta

from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.states import StateMachine

INTRODUCED, NOMINATED, VOUCHED, PUT_FORWARD = "introduced", "nominated", "vouched_for", "put_forward"
ACTS = {
    INTRODUCED: _l("Introduced"),
    NOMINATED: _l("Nominated"),
    VOUCHED: _l("Vouched for"),
    PUT_FORWARD: _l("Put forward"),
}

RECORDED, CONFIRMED, REFUSED, WITHDRAWN = "recorded", "confirmed", "refused", "withdrawn"
# Whom it is about may change their mind after a yes, and so may the sponsor.
STATES = StateMachine(
    "sponsorship",
    frozenset({RECORDED}),
    {
        RECORDED: frozenset({CONFIRMED, REFUSED, WITHDRAWN}),
        CONFIRMED: frozenset({REFUSED, WITHDRAWN}),
        REFUSED: frozenset(),
        WITHDRAWN: frozenset(),
    },
)
# It may still be confirmed or taken back, and shown.
OPEN = frozenset({RECORDED, CONFIRMED})
STATUS_NAMES = {
    RECORDED: _l("Waits to be confirmed"),
    CONFIRMED: _l("Confirmed"),
    REFUSED: _l("Not confirmed"),
    WITHDRAWN: _l("Withdrawn"),
}

LONGEST_WHAT = 300
# One may record so many a day; one address is mailed so many a week, whoever writes it.
MOST_A_DAY, MOST_MAILS_A_WEEK = 10, 3
OLDEST = timedelta(days=20 * 365)


def is_public(status: str, *, sponsor_agrees: bool, person_agrees: bool) -> bool:
    """May everybody read who did what for whom? Only what was confirmed, and only while both say so."""
    return status == CONFIRMED and sponsor_agrees and person_agrees


def problems(*, act: str, what: str, happened_on: date, today: date) -> dict[str, str]:
    """What is wrong with an act, by field."""
    found = {}
    if act not in ACTS:
        found["act"] = _("Choose what you did.")
    if not what:
        found["what"] = _("Say in a sentence what you did.")
    elif len(what) > LONGEST_WHAT:
        found["what"] = _("Keep this within %(most)s characters.", most=LONGEST_WHAT)
    if happened_on > today:
        found["happened_on"] = _("Choose a day that has been.")
    elif happened_on < today - OLDEST:
        found["happened_on"] = _("Choose a day of the last twenty years.")
    return found
