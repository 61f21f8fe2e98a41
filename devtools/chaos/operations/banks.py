"""What banks and Stripe do by themselves: disputes, their outcomes, restricted accounts."""

import random
from typing import Any

import requests

from devtools.chaos.dataset import Dataset, Person


def _control(dataset: Dataset, path: str, body: dict[str, Any]) -> str:
    try:
        dataset.system.control("POST", path, body)
    except requests.RequestException:
        return "refused"
    return "done"


def dispute(dataset: Dataset, _who: Person | None, rng: random.Random) -> str:
    """A mentee asks the bank for the money back, or only asks what it was."""
    charges = [one for one in dataset.listed("charges") if one["captured"] and not one["disputed"]]
    if not charges:
        return "nothing to do"
    reason = rng.choice(("fraudulent", "product_not_received", "general"))
    about = {"charge": rng.choice(charges)["id"], "reason": reason, "inquiry": rng.random() < 0.25}
    return _control(dataset, "disputes", about)


def decide_dispute(dataset: Dataset, _who: Person | None, rng: random.Random) -> str:
    """A bank decides."""
    waiting = [one for one in dataset.listed("disputes") if one["status"] not in {"won", "lost", "warning_closed"}]
    if not waiting:
        return "nothing to do"
    return _control(dataset, f"disputes/{rng.choice(waiting)['id']}/decide", {"outcome": rng.choice(("won", "lost"))})


def _account(dataset: Dataset, rng: random.Random, status: str) -> str:
    accounts = dataset.asked("select stripe_id from connected_accounts where stripe_id is not null order by id")
    if not accounts:
        return "nothing to do"
    return _control(dataset, f"accounts/{rng.choice(accounts)[0]}/capability", {"status": status})


def restrict_account(dataset: Dataset, _who: Person | None, rng: random.Random) -> str:
    """A coach may not be paid for now."""
    return _account(dataset, rng, "restricted")


def restore_account(dataset: Dataset, _who: Person | None, rng: random.Random) -> str:
    """The account may be paid again."""
    return _account(dataset, rng, "active")
