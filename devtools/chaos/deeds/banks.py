"""What banks and Stripe do by themselves: disputes, their outcomes, restricted accounts."""

import random
from typing import Any

import requests

from devtools.chaos.town import Person, Town


def _control(town: Town, path: str, body: dict[str, Any]) -> str:
    try:
        town.house.control("POST", path, body)
    except requests.RequestException:
        return "refused"
    return "done"


def dispute(town: Town, _who: Person | None, luck: random.Random) -> str:
    """A mentee asks the bank for the money back, or only asks what it was."""
    charges = [one for one in town.listed("charges") if one["captured"] and not one["disputed"]]
    if not charges:
        return "nothing to do"
    reason = luck.choice(("fraudulent", "product_not_received", "general"))
    about = {"charge": luck.choice(charges)["id"], "reason": reason, "inquiry": luck.random() < 0.25}
    return _control(town, "disputes", about)


def decide_dispute(town: Town, _who: Person | None, luck: random.Random) -> str:
    """A bank decides."""
    waiting = [one for one in town.listed("disputes") if one["status"] not in {"won", "lost", "warning_closed"}]
    if not waiting:
        return "nothing to do"
    return _control(town, f"disputes/{luck.choice(waiting)['id']}/decide", {"outcome": luck.choice(("won", "lost"))})


def _account(town: Town, luck: random.Random, status: str) -> str:
    accounts = town.asked("select stripe_id from connected_accounts where stripe_id is not null order by id")
    if not accounts:
        return "nothing to do"
    return _control(town, f"accounts/{luck.choice(accounts)[0]}/capability", {"status": status})


def restrict_account(town: Town, _who: Person | None, luck: random.Random) -> str:
    """A coach may not be paid for now."""
    return _account(town, luck, "restricted")


def restore_account(town: Town, _who: Person | None, luck: random.Random) -> str:
    """The account may be paid again."""
    return _account(town, luck, "active")
