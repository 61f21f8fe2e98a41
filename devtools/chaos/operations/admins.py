"""Paying out, deciding, sending again."""

import random
import threading
from typing import Any

from devtools.chaos.dataset import Dataset, Person
from devtools.outside import Browser, StoryBroke

FEW_POLICIES = 4


def _post(me: Person, path: str, body: Any = None) -> str:
    return "done" if me.client.post(path, body).fine else "refused"


def propose_run(_dataset: Dataset, me: Person, _rng: random.Random) -> str:
    """Put what is payable into a run."""
    return _post(me, "/admin/payout-runs")


def _runs(me: Person, rng: random.Random) -> list[dict[str, Any]]:
    runs = me.client.items("/admin/payout-runs", limit=10)
    still = [run for run in runs if run["approved_at"] is None and run["cancelled_at"] is None] or runs
    return [rng.choice(still)] if still else []


def approve_run(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Let a run go; a large one of the admin's own is refused."""
    found = _runs(me, rng)
    return _post(me, f"/admin/payout-runs/{found[0]['id']}/approve") if found else "nothing to do"


def cancel_run(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Stop what of a run was not sent."""
    found = _runs(me, rng)
    return _post(me, f"/admin/payout-runs/{found[0]['id']}/cancel") if found else "nothing to do"


def retry_payout(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Try a payout again."""
    payouts = [payout for run in me.client.items("/admin/payout-runs", limit=10) for payout in run["payouts"]]
    stuck = [payout for payout in payouts if payout["status"] in {"failed", "approved"}] or payouts
    return _post(me, f"/admin/payouts/{rng.choice(stuck)['id']}/retry") if stuck else "nothing to do"


def decide_case(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Decide between two who do not agree."""
    cases = me.client.items("/admin/attendance")
    if not cases:
        return "nothing to do"
    case = rng.choice(cases)
    body: dict[str, Any] = {"verdict": rng.choice(("refund", "pay", "split")), "reason": "I looked at the records."}
    if body["verdict"] == "split":
        price = me.client.get(f"/bookings/{case['booking_id']}").body["price"]
        body["refund"] = price | {"amount": rng.randint(1, max(1, price["amount"] - 1))}
    return _post(me, f"/admin/attendance/{case['id']}/decide", body)


def retry_refund(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Send a refund that failed once more."""
    owed = me.client.items("/admin/refunds")
    return _post(me, f"/admin/refunds/{rng.choice(owed)['id']}/retry") if owed else "nothing to do"


def give_back_more(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Refund beyond the policy, at the cost of the coach, of us, or of both."""
    sold = dataset.asked("select id from bookings where confirmed_at is not null order by id desc limit 40")
    if not sold:
        return "nothing to do"
    path, paid_by = f"/admin/bookings/{rng.choice(sold)[0]}/refunds", rng.choice(("coach", "platform", "split"))
    effect = me.client.get(f"{path}/preview", amount=1, paid_by=paid_by)
    if not effect.fine:
        return "refused"
    left = {"amount": effect.body["left_cents"], "currency": effect.body["currency"]}
    refund = left | {"amount": rng.choice((left["amount"], rng.randint(1, left["amount"])))}
    return _post(
        me, path, {"refund": refund, "left": left, "paid_by": paid_by, "reason": "It was not what was paid for."}
    )


def send_evidence(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Answer a bank with what we know."""
    opened = me.client.items("/admin/disputes")
    if not opened:
        return "nothing to do"
    return _post(me, f"/admin/disputes/{rng.choice(opened)['id']}/evidence", {"statement": "It took place."})


def retry_event(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Let an event of Stripe's be handled again, by both admins at the same moment."""
    del me
    events = dataset.listed("events", 40)
    if not events:
        return "nothing to do"
    event = rng.choice(events)["id"]
    presses = [threading.Thread(target=_press, args=(browser, event)) for browser in dataset.admin_browsers]
    for press in presses:
        press.start()
    for press in presses:
        press.join()
    return "done"


def _press(browser: Browser, event: str) -> None:
    try:
        browser.press("/admin/events", f"/admin/events/{event}/retry")
    except (StoryBroke, OSError):
        return


def say_policy_anew(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Make a policy while there are few, or say one anew."""
    hours = sorted(rng.sample(range(1, 100), 3), reverse=True)
    steps = list(zip(hours, (100, rng.randint(30, 99), rng.randint(1, 29)), strict=True))[: rng.randint(1, 3)]
    said = {
        "tiers": [{"hours": before, "percent": percent} for before, percent in steps],
        "grace_minutes": rng.choice((0, 60)),
        "reschedules": rng.randint(0, 3),
        "reschedule_hours": rng.randint(0, 24),
    }
    policies = me.client.items("/admin/policies")
    if len(policies) < FEW_POLICIES:
        made = me.client.post("/admin/policies", said | {"name": f"Policy {rng.randrange(10**6)}"})
        return "done" if made.fine else "refused"
    chosen = rng.choice(policies)
    anew = me.client.post(f"/admin/policies/{chosen['id']}/versions", said | {"after_version": chosen["version"]})
    return "done" if anew.fine else "refused"
