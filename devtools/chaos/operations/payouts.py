"""Payouts of every kind: on hold and released, by Stripe or by hand, returned, reversed."""

import random
from datetime import UTC, datetime
from typing import Any

from devtools.chaos.dataset import Dataset, Person

ALL_BACK = 0.5
# By the country of the coach's bank: what is paid by hand goes there.
ACCOUNTS: dict[str, dict[str, str]] = {
    "usd": {"country": "US", "account": "000123456789", "bic": "CHASUS33", "bank_code": "021000021"},
    "eur": {"country": "DE", "account": "DE89370400440532013000", "bic": "", "bank_code": ""},
    "jpy": {"country": "JP", "account": "1234567", "bic": "BOTKJPJT", "bank_code": "0005001"},
}
COACHES = "select id from coaches order by id"
HELD_BACK = "select coach_id from payout_holds where released_at is null order by id"
SENT = "select id from payouts where status = 'paid' and rail = 'stripe' order by id desc limit 12"
NOT_TAKEN_BACK = "select id from payout_reversals where status = 'failed' order by id desc limit 12"
TO_TRANSFER = "select id from payouts where status = 'sending' and rail = 'manual' order by id"
MANUAL = "select id from payouts where status in ('sending', 'paid') and rail = 'manual' order by id desc limit 6"


def _one(dataset: Dataset, rng: random.Random, query: str) -> str | None:
    found = dataset.asked(query)
    return str(rng.choice(found)[0]) if found else None


def _post(me: Person, path: str, body: Any = None) -> str:
    return "done" if me.client.post(path, body).fine else "refused"


def hold_payouts(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Send a coach nothing for a while."""
    coach = _one(dataset, rng, COACHES)
    reason = {"reason": "We look at something."}
    return _post(me, f"/admin/coaches/{coach}/payout-hold", reason) if coach else "nothing to do"


def release_payouts(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Release a coach's payouts."""
    coach = _one(dataset, rng, HELD_BACK)
    return _post(me, f"/admin/coaches/{coach}/payout-hold/release") if coach else "nothing to do"


def reverse_payout(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Take a paid payout back, all of it or a part."""
    payout = _one(dataset, rng, SENT)
    if payout is None:
        return "nothing to do"
    path = f"/admin/payouts/{payout}/reversals"
    seen = me.client.get(path)
    if not seen.fine or not seen.body["left"]["amount"]:
        return "refused"
    left = seen.body["left"]
    cents = left["amount"] if rng.random() < ALL_BACK else rng.randint(1, left["amount"])
    return _post(me, path, {"amount": left | {"amount": cents}, "left": left, "reason": "It was sent in error."})


def retry_reversal(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Ask again for what Stripe refused to reverse."""
    reversal = _one(dataset, rng, NOT_TAKEN_BACK)
    return _post(me, f"/admin/payout-reversals/{reversal}/retry") if reversal else "nothing to do"


def choose_rail(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Be paid by manual transfers from now on, or by Stripe again."""
    if rng.random() < 0.5:
        return "done" if me.client.delete("/coach/bank/transfer").fine else "refused"
    where = {"holder": me.name} | ACCOUNTS.get(me.currency, ACCOUNTS["eur"])
    return "done" if me.client.put("/coach/bank/transfer", where).fine else "refused"


def choose_schedule(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Be paid at another time, or ask for what there is."""
    if rng.random() < 0.5:
        return _post(me, "/coach/payout-schedule/request")
    schedule = {"schedule": rng.choice(("weekly", "weekly", "monthly", "on_demand"))}
    return "done" if me.client.put("/coach/payout-schedule", schedule).fine else "refused"


def mark_transferred(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Say that a bank took a transfer."""
    payout = _one(dataset, rng, TO_TRANSFER)
    today = datetime.fromtimestamp(dataset.stripe.now(), UTC).date()
    made = {"reference": f"T-{rng.randrange(10**9)}", "transferred_on": today.isoformat()}
    return _post(me, f"/admin/payouts/{payout}/transferred", made) if payout else "nothing to do"


def mark_returned(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Say that a bank did not take it, or sent it back."""
    payout = _one(dataset, rng, MANUAL)
    reason = {"reason": "The account is closed."}
    return _post(me, f"/admin/payouts/{payout}/returned", reason) if payout else "nothing to do"
