"""Mails about a bank at Stripe that stops taking payouts."""

from typing import Any

from marketplace import clock, config
from marketplace.accounts.service import notify_admins
from marketplace.coaches.models import Coach
from marketplace.db import session
from marketplace.notifications.service import notify
from marketplace.payouts.models import ConnectedAccount


def tell_bank_not_ready(bank: ConnectedAccount) -> None:
    """Tell the coach and admins that payouts cannot go to a bank any more; `capability_status` says why."""
    user = session().get_one(Coach, bank.coach_id).user
    key = f"bank-not-ready:{bank.id}:{clock.now():%Y-%m-%d}"
    facts: dict[str, Any] = {"status": bank.capability_status, "name": user.name}
    notify(
        user.email,
        subject="Your bank takes no payouts any more",
        template="bank_not_ready",
        key=key,
        bank_url=f"{config.current().public_url}/dashboard/bank",
        **facts,
    )
    notify_admins(
        subject=f"{user.name}'s bank takes no payouts any more",
        template="bank_not_ready",
        key=f"{key}:admins",
        bank_url="",
        **facts,
    )
