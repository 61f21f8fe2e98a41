"""The states of a message, from when it is written until a mail server has it. Pure."""

from uuid import UUID, uuid5

from marketplace.states import StateMachine

# What mail programs know a fact by; never another, or they would show it twice.
FACTS = UUID("5f1c9c5e-7a0c-4c8e-9d53-0b3d6d9a4f11")

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


def mail_id(message_id: UUID, key: str | None) -> UUID:
    """The left side of a mail's Message-ID: the same for the same fact, also if its row was lost and written anew."""
    return uuid5(FACTS, key) if key is not None else message_id
