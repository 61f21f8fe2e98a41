"""The only place that says that a Stripe event was handled, failed, or is reopened."""

from marketplace import clock
from marketplace.stripe_inbox import rules
from marketplace.stripe_inbox.models import StripeEvent


def transition_event(event: StripeEvent, to: str, *, note: str | None = None, error: str | None = None) -> None:
    """Move a locked event to `to`; raises TransitionRefused where the table does not allow it.

    `note` says what came of it where that is not plain, `error` why the attempt failed.
    """
    rules.EVENT_STATES.check(event.state, to)
    event.handled_at = clock.now() if to == rules.HANDLED else None
    event.error = error if to == rules.FAILED else None
    if to == rules.HANDLED:
        event.note = note
