"""The one place where a received mail changes its state."""

import uuid

from marketplace.asks.invitations.mailboxes.models import ReceivedMail
from marketplace.asks.invitations.mailboxes.rules.states import STATES, USED
from marketplace.audit.service import record


def transition_mail(mail: ReceivedMail, to: str, *, reason: str = "", by: uuid.UUID | None = None) -> None:
    """Move a locked mail to `to`; raises TransitionRefused. Of one that was used only the fact is kept."""
    STATES.check(mail.status, to)
    mail.status, mail.reason = to, reason
    if to == USED:
        mail.raw = None
    record(by, f"received_mail.{to}", mail.id)
