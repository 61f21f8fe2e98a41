"""Refusals that a person has to mend: admins are told of each by mail, once a day."""

from marketplace import clock
from marketplace.accounts.service import notify_admins
from marketplace.db import transactional
from marketplace.payments.stripe_gateway.refusals import TO_DO, Refusal


@transactional
def report_refusal(refusal: Refusal) -> None:
    """Mail admins Stripe's words with the id of the request, and what is to be done."""
    named = refusal.code or refusal.type or str(refusal.http_status)
    notify_admins(
        template="stripe_refusal",
        key=f"stripe-refusal:{refusal.kind}:{named}:{clock.now():%Y-%m-%d}",
        words=refusal.words,
        to_do=TO_DO[refusal.kind],
    )
