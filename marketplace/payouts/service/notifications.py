"""Mails about payouts that failed, were returned or reversed, or need a manual transfer."""

from marketplace import config
from marketplace.accounts.service import notify_admins
from marketplace.languages import speaking
from marketplace.notifications.service import notify
from marketplace.payouts.models import Payout, PayoutReversal


def tell_admins_of_payout(payout: Payout, *, key: str, reason: str = "", reversed_cents: int | None = None) -> None:
    """Tell admins that a payout was refused, or that so much of it was reversed at Stripe without us."""
    notify_admins(
        template="payout_problem",
        key=key,
        amount_cents=payout.amount_cents,
        reversed_cents=reversed_cents,
        currency=payout.currency,
        handle=payout.coach.handle,
        reason=reason,
        run_url=f"{config.current().public_url}/admin/payouts/{payout.run_id}",
    )


def tell_coach_of_reversal(reversal: PayoutReversal) -> None:
    """Tell the coach what of a payout was reversed, and why."""
    payout, coach = reversal.payout, reversal.payout.coach
    with speaking(coach.user.preferences):
        notify(
            coach.user.email,
            template="payout_reversed",
            key=f"payout-reversal:{reversal.id}",
            name=coach.user.name,
            amount_cents=reversal.cents,
            payout_cents=payout.amount_cents,
            currency=payout.currency,
            sent_at=payout.sent_at,
            zone=coach.timezone,
            reason=reversal.reason,
            payout_url=f"{config.current().public_url}/payouts/{payout.id}",
        )


def tell_admins_of_failure(reversal: PayoutReversal) -> None:
    """Tell admins that Stripe refused a reversal: the coach has the money still."""
    payout = reversal.payout
    notify_admins(
        template="payout_not_reversed",
        key=f"payout-not-reversed:{reversal.id}:{reversal.attempt}",
        amount_cents=reversal.cents,
        currency=payout.currency,
        handle=payout.coach.handle,
        reason=reversal.failure.told(payout.coach.user.name) if reversal.failure else "",
        reverse_url=f"{config.current().public_url}/admin/payouts/sent/{payout.id}/reverse",
    )


def tell_coach_of_return(payout: Payout, reason: str) -> None:
    """Tell the coach that the bank did not take a transfer."""
    coach = payout.coach.user
    with speaking(coach.preferences):
        notify(
            coach.email,
            template="payout_returned",
            key=f"payout-returned:{payout.id}:{payout.attempt}",
            name=coach.name,
            amount_cents=payout.amount_cents,
            currency=payout.currency,
            reason=reason,
            bank_url=f"{config.current().public_url}/dashboard/bank",
        )


def tell_admins_to_transfer(payout: Payout) -> None:
    """Tell admins that something of a run waits for a manual transfer: once a run."""
    notify_admins(
        template="manual_transfer",
        key=f"transfer-by-hand:{payout.run_id}",
        transfers_url=f"{config.current().public_url}/admin/payouts/{payout.run_id}/transfers",
    )
