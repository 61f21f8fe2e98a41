"""Mails about payouts that failed, were returned or reversed, or need a manual transfer."""

from marketplace import config, money
from marketplace.accounts.service import notify_admins
from marketplace.notifications.service import notify
from marketplace.payouts.models import Payout, PayoutReversal


def tell_admins_of_payout(payout: Payout, what: str, reason: str, *, key: str) -> None:
    """Tell admins that a payout was refused, or reversed at Stripe without us."""
    notify_admins(
        subject=f"A payout to @{payout.coach.handle} {what}",
        template="payout_problem",
        key=key,
        amount=money.spoken(payout.amount_cents, payout.currency),
        handle=payout.coach.handle,
        what=what,
        reason=reason,
        run_url=f"{config.current().public_url}/admin/payouts/{payout.run_id}",
    )


def tell_coach_of_reversal(reversal: PayoutReversal) -> None:
    """Tell the coach what of a payout was reversed, and why."""
    payout, public_url = reversal.payout, config.current().public_url
    amount = money.spoken(reversal.cents, payout.currency)
    notify(
        payout.coach.user.email,
        subject=f"{amount} of a payout was reversed",
        template="payout_reversed",
        key=f"payout-reversal:{reversal.id}",
        name=payout.coach.user.name,
        amount=amount,
        payout_amount=money.spoken(payout.amount_cents, payout.currency),
        sent_at=payout.sent_at,
        zone=payout.coach.timezone,
        reason=reversal.reason,
        payout_url=f"{public_url}/payouts/{payout.id}",
    )


def tell_admins_of_failure(reversal: PayoutReversal) -> None:
    """Tell admins that Stripe refused a reversal: the coach has the money still."""
    payout = reversal.payout
    notify_admins(
        subject=f"A payout to @{payout.coach.handle} was not reversed",
        template="payout_not_reversed",
        key=f"payout-not-reversed:{reversal.id}:{reversal.attempt}",
        amount=money.spoken(reversal.cents, payout.currency),
        handle=payout.coach.handle,
        reason=reversal.failure.told(payout.coach.user.name) if reversal.failure else "",
        reverse_url=f"{config.current().public_url}/admin/payouts/sent/{payout.id}/reverse",
    )


def tell_coach_of_return(payout: Payout, reason: str) -> None:
    """Tell the coach that the bank did not take a transfer."""
    amount = money.spoken(payout.amount_cents, payout.currency)
    notify(
        payout.coach.user.email,
        subject=f"Your bank did not take {amount}",
        template="payout_returned",
        key=f"payout-returned:{payout.id}:{payout.attempt}",
        name=payout.coach.user.name,
        amount=amount,
        reason=reason,
        bank_url=f"{config.current().public_url}/dashboard/bank",
    )


def tell_admins_to_transfer(payout: Payout) -> None:
    """Tell admins that something of a run waits for a manual transfer: once a run."""
    notify_admins(
        subject="Payouts wait for a manual transfer",
        template="manual_transfer",
        key=f"transfer-by-hand:{payout.run_id}",
        transfers_url=f"{config.current().public_url}/admin/payouts/{payout.run_id}/transfers",
    )
