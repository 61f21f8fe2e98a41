"""The states of an ask, and how long it waits for an answer. Pure."""

from datetime import timedelta

from marketplace.languages import lazy_gettext as _l
from marketplace.states import StateMachine

OPEN, QUOTED, BOOKED = "open", "quoted", "booked"
ANSWERED, DECLINED, WITHDRAWN, LAPSED = "answered", "declined", "withdrawn", "lapsed"

STATES = StateMachine(
    "ask",
    frozenset({OPEN}),
    {
        OPEN: frozenset({QUOTED, ANSWERED, DECLINED, WITHDRAWN, LAPSED}),
        QUOTED: frozenset({BOOKED, ANSWERED, DECLINED, WITHDRAWN, LAPSED}),
        BOOKED: frozenset(),
        ANSWERED: frozenset(),
        DECLINED: frozenset(),
        WITHDRAWN: frozenset(),
        LAPSED: frozenset(),
    },
)
# It waits for its coach, or for whoever asked.
WAITING = frozenset(STATES.states) - STATES.final
# The coach has not been silent.
ANSWERS = frozenset({QUOTED, BOOKED, ANSWERED, DECLINED})
STATUS_NAMES = {
    OPEN: _l("Waits for an answer"),
    QUOTED: _l("Quoted"),
    BOOKED: _l("Booked"),
    ANSWERED: _l("Answered"),
    DECLINED: _l("Declined"),
    WITHDRAWN: _l("Withdrawn"),
    LAPSED: _l("Over"),
}

# How it came: written here, or an invitation to a meeting that its coach quoted for.
ASKED, INVITED = "ask", "invitation"
ORIGINS = (ASKED, INVITED)

# An ask waits so long for its coach, who is reminded of it once.
ANSWER_WITHIN = timedelta(days=7)
REMIND_AFTER = timedelta(days=3)

# Why a coach says no, and what is said unless the coach has sentences of their own.
DECLINES = {
    "not_my_field": _l("This is not my field, so my time would not be worth your money. Thank you for asking."),
    "no_time": _l("I have no time for this in the coming weeks. Thank you for asking, and for having prepared it."),
    "ask_another": _l("Somebody else here can help you better with this. Have a look at the other coaches' topics."),
    "too_small": _l("This is below what I take on. A shorter session with somebody else will serve you better."),
    "not_unpaid": _l("I do not work without pay. If somebody can pay for the hour, ask me again."),
}
DECLINE_NAMES = {
    "not_my_field": _l("Not my field"),
    "no_time": _l("No time"),
    "ask_another": _l("Ask somebody else"),
    "too_small": _l("Below what I take"),
    "not_unpaid": _l("Not without pay"),
}
LONGEST_SENTENCE = 1000
LONGEST_ANSWER = 10_000
MOST_MINUTES_LOGGED = 600
