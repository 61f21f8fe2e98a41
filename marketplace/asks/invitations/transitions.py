"""The one place where an invitation changes its state."""

import uuid
from typing import Any

from marketplace import clock
from marketplace.asks.invitations.models import Invitation
from marketplace.asks.invitations.rules.states import STATES
from marketplace.audit.service import record


def transition_invitation(invitation: Invitation, to: str, *, by: uuid.UUID | None = None, **facts: Any) -> None:
    """Move a locked invitation to `to`; raises TransitionRefused. `by` did it, None for the application."""
    STATES.check(invitation.status, to)
    invitation.status = to
    if to in STATES.final:
        invitation.ended_at = clock.now()
    record(by, f"invitation.{to}", invitation.id, **facts)
