"""Booking, paying, thinking again."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from devtools.chaos.dataset import Dataset, Person
from devtools.chaos.operations.paying import GOOD, by_card, by_debit, pay_at
from devtools.chaos.system import eventually

BRIEF = "I want to understand what happens when everything breaks at once."
FAR_AHEAD = timedelta(days=8)
LONGEST_WINDOW = timedelta(days=5)
CONFIRMED_SECONDS = 15
OFFERINGS_TRIED = 4
# Everybody looks at the same few times, so that they meet there.
FIRST = 7


def _free(
    dataset: Dataset,
    me: Person,
    offering: str,
    rng: random.Random,
    *,
    ahead: timedelta,
    window: timedelta = LONGEST_WINDOW,
) -> str | None:
    """One of the next free times of an offering after so long, and no longer than the window after that."""
    start = datetime.fromtimestamp(dataset.stripe.now(), UTC) + ahead
    end = start + window
    answer = me.client.get(f"/offerings/{offering}/slots", start=start.isoformat(), end=end.isoformat())
    free = answer.body["starts_at"][: FIRST * 2] if answer.fine else []
    return str(rng.choice(free)) if free else None


def _hold(
    dataset: Dataset, me: Person, rng: random.Random, ahead: timedelta, window: timedelta = LONGEST_WINDOW
) -> dict[str, Any] | None:
    _coach, offering = dataset.offering(rng)
    starts_at = _free(dataset, me, offering, rng, ahead=ahead, window=window)
    if starts_at is None:
        return None
    wanted = {"offering_id": offering, "starts_at": starts_at, "brief": BRIEF}
    terms = me.client.get(f"/offerings/{offering}/policy")
    # Half of them insist on the terms that they have read, whatever is said anew meanwhile.
    if terms.fine and rng.random() < 0.5:
        wanted["policy_version"] = terms.body["version_id"]
    held = me.client.post("/bookings", wanted)
    return dict(held.body) if held.fine else None


def _some_time(rng: random.Random) -> timedelta:
    return timedelta(hours=rng.choice((2, 5, 12, 26, 26, 50, 80)))


def _pay(dataset: Dataset, me: Person, path: str, rng: random.Random) -> str:
    link = me.client.post(f"{path}/pay")
    if not link.fine:
        return "refused"
    dataset.remember(link.body["url"])
    return pay_at(link.body["url"], rng)


def book(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Hold a time and walk away, half of the time from the page where one pays."""
    held = _hold(dataset, me, rng, _some_time(rng))
    if held is None:
        return "refused"
    if rng.random() < 0.5:
        link = me.client.post(f"/bookings/{held['id']}/pay")
        if link.fine:
            dataset.remember(link.body["url"])
    return "held"


def book_and_pay(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Hold a time and pay for it at once."""
    held = _hold(dataset, me, rng, _some_time(rng))
    return "refused" if held is None else _pay(dataset, me, f"/bookings/{held['id']}", rng)


def use_coupon(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Hold a time, try a code of which many try, and pay, walk away or do without it."""
    held = _hold(dataset, me, rng, _some_time(rng))
    codes = dataset.asked("select code from coupons order by id desc limit 6")
    if held is None or not codes:
        return "refused"
    path = f"/bookings/{held['id']}"
    taken = me.client.post(f"{path}/coupon", {"code": rng.choice(codes)[0]})
    if rng.random() < 0.2:
        me.client.delete(f"{path}/coupon")
    if rng.random() < 0.3:
        return "held"
    paid = _pay(dataset, me, path, rng)
    return paid if taken.fine else f"{paid} without it"


def book_by_debit(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Hold a time that is far enough away for a bank, which sends the money days later, or never."""
    held = _hold(dataset, me, rng, FAR_AHEAD)
    link = me.client.post(f"/bookings/{held['id']}/pay") if held else None
    if link is None or not link.fine:
        return "refused"
    dataset.remember(link.body["url"])
    return by_debit(link.body["url"], rng)


def book_series(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Two or three weeks of the same hour, paid at once."""
    _coach, offering = dataset.offering(rng)
    starts_at = _free(dataset, me, offering, rng, ahead=_some_time(rng))
    if starts_at is None:
        return "refused"
    wanted = {"offering_id": offering, "starts_at": starts_at, "brief": BRIEF, "count": rng.choice((2, 3))}
    held = me.client.post("/series", wanted | {"mode": rng.choice(("all", "fitting"))})
    return _pay(dataset, me, f"/series/{held.body['id']}", rng) if held.fine else "refused"


def _mine(me: Person, *statuses: str, past: bool = False) -> list[dict[str, Any]]:
    found = me.client.items("/bookings", limit=40, past=str(past).lower())
    return [booking for booking in found if booking["status"] in statuses]


def _one(found: list[dict[str, Any]], rng: random.Random) -> dict[str, Any] | None:
    return rng.choice(found) if found else None


def pay_held(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Come back to a held time, and pay."""
    held = _one(_mine(me, "held"), rng)
    return _pay(dataset, me, f"/bookings/{held['id']}", rng) if held else "nothing to do"


def pay_late(dataset: Dataset, _me: Person, rng: random.Random) -> str:
    """Pay on a page that was left open, whatever has become of the time meanwhile."""
    page = dataset.recall(rng)
    return pay_at(page, rng) if page else "nothing to do"


def _cancel(me: Person, booking: dict[str, Any]) -> str:
    path = f"/bookings/{booking['id']}"
    quote = me.client.get(f"{path}/cancellation")
    if not quote.fine:
        return "refused"
    done = me.client.post(f"{path}/cancel", {"expected_refund": quote.body["refund"], "reason": "Something came up."})
    return "done" if done.fine else "refused"


def cancel(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Cancel a session or a request, for what was shown."""
    booking = _one(_mine(me, "confirmed", "requested"), rng)
    return _cancel(me, booking) if booking else "nothing to do"


def cancel_for_half(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Book a session that is near, and cancel it at once, when half is refunded."""
    held = None
    for _ in range(OFFERINGS_TRIED):
        # So long a night no coach has: some time is free in these hours whenever it is run.
        held = held or _hold(dataset, me, rng, timedelta(hours=5), timedelta(hours=23))
    if held is None or held["by_approval"]:
        return "refused"
    link = me.client.post(f"/bookings/{held['id']}/pay")
    if not link.fine or by_card(link.body["url"], GOOD, rng) != "paid":
        return "refused"
    path = f"/bookings/{held['id']}"
    try:
        booked = eventually("the session", lambda: _if_confirmed(me, path), CONFIRMED_SECONDS)
    except TimeoutError:
        return "refused"
    return _cancel(me, booked)


def _if_confirmed(me: Person, path: str) -> dict[str, Any] | None:
    seen = me.client.get(path)
    return dict(seen.body) if seen.fine and seen.body["status"] == "confirmed" else None


def give_back_hold(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Give a time back that was not paid for."""
    booking = _one(_mine(me, "held"), rng)
    return _cancel(me, booking) if booking else "nothing to do"


def move(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Move a session to another free time."""
    booking = _one(_mine(me, "confirmed"), rng)
    if booking is None:
        return "nothing to do"
    path = f"/bookings/{booking['id']}/reschedule"
    times = me.client.get(path)
    free = times.body["starts_at"][:FIRST] if times.fine else []
    moved = free and me.client.post(path, {"starts_at": rng.choice(free)})
    return "done" if moved and moved.fine else "refused"


def answer_move(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Answer what a coach proposed."""
    for booking in rng.sample(sessions := _mine(me, "confirmed"), min(4, len(sessions))):
        path = f"/bookings/{booking['id']}/reschedules"
        proposed = [one for one in me.client.items(path) if one["status"] == "proposed"]
        if proposed:
            word = rng.choice(("accept", "accept", "decline"))
            return "done" if me.client.post(f"{path}/{proposed[0]['id']}/{word}").fine else "refused"
    return "nothing to do"


def report_no_show(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Say that the coach did not come."""
    over = _mine(me, "confirmed", "completed", past=True) + _mine(me, "confirmed")[:1]
    booking = _one(over[:6], rng)
    if booking is None:
        return "nothing to do"
    said = me.client.post(f"/bookings/{booking['id']}/no-show", {"words": "I waited."})
    return "done" if said.fine else "refused"


def take_back_no_show(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Say that the mentee came after all."""
    booking = _one(_mine(me, "confirmed", "completed", past=True)[:6], rng)
    if booking is None:
        return "nothing to do"
    return "done" if me.client.delete(f"/bookings/{booking['id']}/no-show").fine else "refused"


def join_waitlist(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Join the waitlist for a coach's time."""
    _coach, offering = dataset.offering(rng)
    today = datetime.fromtimestamp(dataset.stripe.now(), UTC).date()
    wanted = {
        "offering_id": offering,
        "brief": BRIEF,
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=rng.randint(0, 3))).isoformat(),
        "earliest": "08:00",
        "latest": rng.choice(("10:00", "24:00")),
    }
    return "done" if me.client.post("/waitlist", wanted).fine else "refused"


def leave_waitlist(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Leave the waitlist."""
    entry = _one(me.client.items("/waitlist"), rng)
    if entry is None:
        return "nothing to do"
    return "done" if me.client.delete(f"/waitlist/{entry['id']}").fine else "refused"
