"""Mails about where payouts go: that it was changed, that a bank takes none any more."""

from typing import Any

from marketplace import clock, config
from marketplace.accounts.notices import service as notices
from marketplace.accounts.service import notify_admins
from marketplace.coaches.models import Coach
from marketplace.db import session
from marketplace.languages import LazyText, speaking
from marketplace.languages import lazy_gettext as _l
from marketplace.notifications.service import notify
from marketplace.payouts.models import ConnectedAccount


def tell_bank_not_ready(bank: ConnectedAccount) -> None:
    """Tell the coach and admins that payouts cannot go to a bank any more; `capability_status` says why."""
    user = session().get_one(Coach, bank.coach_id).user
    key = f"bank-not-ready:{bank.id}:{clock.now():%Y-%m-%d}"
    facts: dict[str, Any] = {"status": bank.capability_status, "coach": user.name}
    site = config.current().public_url
    with speaking(user.preferences):
        notify(
            user.email,
            template="bank_not_ready",
            key=key,
            name=user.name,
            bank_url=f"{site}/dashboard/bank",
            **facts,
        )
    notify_admins(
        template="bank_not_ready",
        key=f"{key}:admins",
        bank_url="",
        coach_url=f"{site}/admin/coaches/{bank.coach_id}",
        **facts,
    )


def tell_bank_changed(coach: Coach, sentence: LazyText, *, key: str | None = None) -> None:
    """Tell the coach, at the addresses of the last thirty days too, that payouts go elsewhere now."""
    notices.tell(coach.user, _l("Where your payouts go has changed"), sentence, key=key)
