"""The states of a mail that came in. Pure."""

from marketplace.languages import lazy_gettext as _l
from marketplace.states import StateMachine

WAITING, USED, HELD, FAILED = "waiting", "used", "held", "failed"

# What did not come from the coach's own address is held until the coach uses it; a failed one may be tried again.
STATES = StateMachine(
    "received mail",
    frozenset({WAITING}),
    {
        WAITING: frozenset({USED, HELD, FAILED}),
        HELD: frozenset({USED, FAILED}),
        FAILED: frozenset({USED, FAILED}),
        USED: frozenset(),
    },
)
# They are shown to their coach.
KEPT = frozenset({HELD, FAILED})
STATUS_NAMES = {
    WAITING: _l("Is being read"),
    USED: _l("Used"),
    HELD: _l("Waits for you"),
    FAILED: _l("Not used"),
}
