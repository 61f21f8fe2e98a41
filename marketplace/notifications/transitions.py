"""The one place where a message changes its state."""

from marketplace import clock
from marketplace.notifications.models import Message
from marketplace.notifications.rules.messages import SENT, STATES


def transition(message: Message, to: str) -> None:
    """Move a message to `to`: sent, it has its time and no error. Raises TransitionRefused.

    The caller has locked the message. Nothing is audited: a message is its own record.
    """
    STATES.check(message.status, to)
    message.status = to
    if to == SENT:
        message.sent_at, message.error, message.claimed_until = clock.now(), None, None
