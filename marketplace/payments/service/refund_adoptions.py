"""Refunds that failed here and went their way at Stripe: recorded as done, not sent again."""

import uuid

from marketplace import clock
from marketplace.audit.service import record
from marketplace.db import transactional
from marketplace.payments import queries, rules
from marketplace.payments.service.payment_jobs import adoptions_under_way, enqueue_adoption
from marketplace.payments.service.refund_failures import tell_admins_of_adoption
from marketplace.payments.service.refunds import at_stripe, is_failed, record_refund, send_again, take_over
from marketplace.payments.stripe_gateway import checkouts as stripe_checkouts


def adopt_refund(refund_id: str) -> None:
    """Record a refund that we take for failed as done, if Stripe has it on its way or arrived after all.

    Where Stripe has it as failed too, what came back of it is recorded.
    """
    failed = queries.refund(refund_id)
    # Asked only now: what Stripe once calls failed it never takes back, so it had not failed there.
    state = at_stripe(failed) if failed.status == rules.FAILED else None
    if state is None:
        return
    if is_failed(state):
        record_refund(failed.id, state)
    else:
        _adopt(failed.id, state)


@transactional
def _adopt(failed_id: uuid.UUID, state: stripe_checkouts.RefundState) -> None:
    failed = queries.locked_refund(failed_id)
    # A lost dispute that is not applied yet decides first what is still owed.
    again = None if queries.has_loss_to_apply(failed.payment_id) else send_again(failed)
    if again is not None:
        record(None, "refund.adopted", failed.id, cents=failed.amount_cents, refund=state.id)
        take_over(again.id, failed.id, state)
        tell_admins_of_adoption(again)


@transactional
def adopt_refunds() -> int:
    """Ask Stripe about refunds of late that are owed because they failed; returns how many."""
    owed = queries.owed_refunds(since=clock.now() - rules.FAILED_ASKED_FOR)
    under_way = adoptions_under_way() if owed else set()
    asked = [refund.id for refund in owed if str(refund.id) not in under_way]
    for refund_id in asked:
        enqueue_adoption(refund_id)
    return len(asked)
