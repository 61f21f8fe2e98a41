"""The states of a message, from when it is written until a mail server has it. Pure."""

from marketplace.states import StateMachine

WAITING, SENT, FAILED = "waiting", "sent", "failed"

# An admin has a failed message tried again; a job that is run again by hand may send it at once.
STATES = StateMachine(
    "message",
    frozenset({WAITING}),
    {
        WAITING: frozenset({SENT, FAILED}),
        FAILED: frozenset({WAITING, SENT}),
        SENT: frozenset(),
    },
)
