"""Answering, cancelling, moving, saying how it was, changing what is offered."""

import random
from datetime import datetime
from typing import Any

from devtools.chaos.dataset import HOURS, Dataset, Person


def _hers(me: Person, *statuses: str, past: bool = False) -> list[dict[str, Any]]:
    found = me.client.items("/bookings", **{"as": "coach"}, limit=60, past=str(past).lower())
    return [booking for booking in found if booking["status"] in statuses]


def _post(me: Person, path: str, body: Any = None) -> str:
    return "done" if me.client.post(path, body).fine else "refused"


def approve(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Accept a request."""
    asked = _hers(me, "requested")
    return _post(me, f"/bookings/{rng.choice(asked)['id']}/approve") if asked else "nothing to do"


def decline(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Refuse a request."""
    asked = _hers(me, "requested")
    if not asked:
        return "nothing to do"
    return _post(me, f"/bookings/{rng.choice(asked)['id']}/decline", {"reason": "I am away."})


def cancel(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Cancel a session; everything is refunded."""
    sessions = _hers(me, "confirmed")
    if not sessions:
        return "nothing to do"
    path = f"/bookings/{rng.choice(sessions)['id']}"
    quote = me.client.get(f"{path}/cancellation")
    if not quote.fine:
        return "refused"
    return _post(me, f"{path}/cancel", {"expected_refund": quote.body["refund"], "reason": "I am ill."})


def propose_move(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Ask a mentee to come at another time."""
    sessions = _hers(me, "confirmed")
    if not sessions:
        return "nothing to do"
    path = f"/bookings/{rng.choice(sessions)['id']}"
    times = me.client.get(f"{path}/reschedule")
    free = times.body["starts_at"][:8] if times.fine else []
    return (
        _post(me, f"{path}/reschedules", {"starts_at": rng.choice(free), "reason": "A train."}) if free else "refused"
    )


def withdraw_move(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Take a proposal back."""
    for booking in rng.sample(sessions := _hers(me, "confirmed"), min(4, len(sessions))):
        path = f"/bookings/{booking['id']}/reschedules"
        proposed = [one for one in me.client.items(path) if one["status"] == "proposed"]
        if proposed:
            return _post(me, f"{path}/{proposed[0]['id']}/withdraw")
    return "nothing to do"


def complete(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Say how sessions ended; those that are not over yet are refused."""
    sessions = _hers(me, "confirmed", past=True) + _hers(me, "confirmed")
    now = dataset.stripe.now()
    over = [booking for booking in sessions if _ends(booking) <= now] or sessions[:1]
    if not over:
        return "nothing to do"
    outcome = rng.choice(("took_place", "took_place", "took_place", "mentee_no_show"))
    return _post(me, f"/bookings/{rng.choice(over)['id']}/complete", {"outcome": outcome})


def _ends(booking: dict[str, Any]) -> float:
    return datetime.fromisoformat(booking["ends_at"]).timestamp()


def answer_no_show(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Answer a mentee who says that nobody came."""
    for booking in _hers(me, "confirmed", "completed", past=True)[:8] + _hers(me, "confirmed")[:4]:
        said = me.client.get(f"/bookings/{booking['id']}/no-show")
        if said.fine and said.body["status"] == "open":
            answer = rng.choice(("took_place", "mentee_no_show", "coach_no_show"))
            return _post(me, f"/bookings/{booking['id']}/no-show/answer", {"answer": answer, "words": "I was there."})
    return "nothing to do"


def change_rate(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Ask another price from now on."""
    offering = rng.choice(me.offerings)
    price = {"amount": rng.randint(9000, 21000), "currency": me.currency}
    return "done" if me.client.patch(f"/coach/offerings/{offering}", {"price": price}).fine else "refused"


def change_hours(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Close one weekday, or open them all again."""
    closed = rng.choice((None, *range(7)))
    hours = [day for day in HOURS if day["weekday"] != closed]
    return "done" if me.client.put("/coach/hours", {"hours": hours}).fine else "refused"


def change_coupons(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Make a coupon that counts a few times, and end one of the others now and then."""
    kept = [coupon for coupon in me.client.items("/coach/coupons") if coupon["ended_at"] is None]
    if kept and rng.random() < 0.4:
        me.client.post(f"/coach/coupons/{rng.choice(kept)['id']}/end")
    amount = {"amount": rng.randint(100, 9000), "currency": me.currency}
    off = {"percent": rng.randint(1, 90)} if rng.random() < 0.7 else {"amount": amount}
    each = rng.choice((1, 2, None))
    code = f"CODE-{rng.randrange(10**6)}"
    wanted = {"code": code, "uses_at_most": rng.randint(1, 4), "uses_each_at_most": each} | off
    return _post(me, "/coach/coupons", wanted)


def choose_policy(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Sell under another policy from now on."""
    offered = [None, *(policy["id"] for policy in me.client.items("/policies"))]
    change = {"policy_id": rng.choice(offered)}
    return "done" if me.client.patch(f"/coach/offerings/{rng.choice(me.offerings)}", change).fine else "refused"
