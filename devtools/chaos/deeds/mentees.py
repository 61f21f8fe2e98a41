"""Booking, paying, thinking again."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from devtools.chaos.deeds.paying import GOOD, by_card, by_debit, pay_at
from devtools.chaos.house import eventually
from devtools.chaos.town import Person, Town

BRIEF = "I want to understand what happens when everything breaks at once."
FAR_AHEAD = timedelta(days=8)
LONGEST_WINDOW = timedelta(days=5)
CONFIRMED_SECONDS = 15
OFFERINGS_TRIED = 4
# Everybody looks at the same few times, so that they meet there.
FIRST = 7


def _free(
    town: Town, me: Person, offering: str, luck: random.Random, *, ahead: timedelta, window: timedelta = LONGEST_WINDOW
) -> str | None:
    """One of the next free times of an offering after so long, and no longer than the window after that."""
    start = datetime.fromtimestamp(town.stripe.now(), UTC) + ahead
    end = start + window
    answer = me.client.get(f"/offerings/{offering}/slots", start=start.isoformat(), end=end.isoformat())
    free = answer.body["starts_at"][: FIRST * 2] if answer.fine else []
    return str(luck.choice(free)) if free else None


def _hold(
    town: Town, me: Person, luck: random.Random, ahead: timedelta, window: timedelta = LONGEST_WINDOW
) -> dict[str, Any] | None:
    _coach, offering = town.offering(luck)
    starts_at = _free(town, me, offering, luck, ahead=ahead, window=window)
    if starts_at is None:
        return None
    wanted = {"offering_id": offering, "starts_at": starts_at, "brief": BRIEF}
    terms = me.client.get(f"/offerings/{offering}/policy")
    # Half of them insist on the terms that they have read, whatever is said anew meanwhile.
    if terms.fine and luck.random() < 0.5:
        wanted["policy_version"] = terms.body["version_id"]
    held = me.client.post("/bookings", wanted)
    return dict(held.body) if held.fine else None


def _some_time(luck: random.Random) -> timedelta:
    return timedelta(hours=luck.choice((2, 5, 12, 26, 26, 50, 80)))


def _pay(town: Town, me: Person, path: str, luck: random.Random) -> str:
    link = me.client.post(f"{path}/pay")
    if not link.fine:
        return "refused"
    town.remember(link.body["url"])
    return pay_at(link.body["url"], luck)


def book(town: Town, me: Person, luck: random.Random) -> str:
    """Hold a time and walk away, half of the time from the page where one pays."""
    held = _hold(town, me, luck, _some_time(luck))
    if held is None:
        return "refused"
    if luck.random() < 0.5:
        link = me.client.post(f"/bookings/{held['id']}/pay")
        if link.fine:
            town.remember(link.body["url"])
    return "held"


def book_and_pay(town: Town, me: Person, luck: random.Random) -> str:
    """Hold a time and pay for it at once."""
    held = _hold(town, me, luck, _some_time(luck))
    return "refused" if held is None else _pay(town, me, f"/bookings/{held['id']}", luck)


def use_coupon(town: Town, me: Person, luck: random.Random) -> str:
    """Hold a time, try a code of which many try, and pay, walk away or do without it."""
    held = _hold(town, me, luck, _some_time(luck))
    codes = town.asked("select code from coupons order by id desc limit 6")
    if held is None or not codes:
        return "refused"
    path = f"/bookings/{held['id']}"
    taken = me.client.post(f"{path}/coupon", {"code": luck.choice(codes)[0]})
    if luck.random() < 0.2:
        me.client.delete(f"{path}/coupon")
    if luck.random() < 0.3:
        return "held"
    paid = _pay(town, me, path, luck)
    return paid if taken.fine else f"{paid} without it"


def book_by_debit(town: Town, me: Person, luck: random.Random) -> str:
    """Hold a time that is far enough away for a bank, which sends the money days later, or never."""
    held = _hold(town, me, luck, FAR_AHEAD)
    link = me.client.post(f"/bookings/{held['id']}/pay") if held else None
    if link is None or not link.fine:
        return "refused"
    town.remember(link.body["url"])
    return by_debit(link.body["url"], luck)


def book_series(town: Town, me: Person, luck: random.Random) -> str:
    """Two or three weeks of the same hour, paid at once."""
    _coach, offering = town.offering(luck)
    starts_at = _free(town, me, offering, luck, ahead=_some_time(luck))
    if starts_at is None:
        return "refused"
    wanted = {"offering_id": offering, "starts_at": starts_at, "brief": BRIEF, "count": luck.choice((2, 3))}
    held = me.client.post("/series", wanted | {"mode": luck.choice(("all", "fitting"))})
    return _pay(town, me, f"/series/{held.body['id']}", luck) if held.fine else "refused"


def _mine(me: Person, *statuses: str, past: bool = False) -> list[dict[str, Any]]:
    found = me.client.items("/bookings", limit=40, past=str(past).lower())
    return [booking for booking in found if booking["status"] in statuses]


def _one(found: list[dict[str, Any]], luck: random.Random) -> dict[str, Any] | None:
    return luck.choice(found) if found else None


def pay_held(town: Town, me: Person, luck: random.Random) -> str:
    """Come back to a held time, and pay."""
    held = _one(_mine(me, "held"), luck)
    return _pay(town, me, f"/bookings/{held['id']}", luck) if held else "nothing to do"


def pay_late(town: Town, _me: Person, luck: random.Random) -> str:
    """Pay on a page that was left open, whatever has become of the time meanwhile."""
    page = town.recall(luck)
    return pay_at(page, luck) if page else "nothing to do"


def _cancel(me: Person, booking: dict[str, Any]) -> str:
    path = f"/bookings/{booking['id']}"
    quote = me.client.get(f"{path}/cancellation")
    if not quote.fine:
        return "refused"
    done = me.client.post(f"{path}/cancel", {"expected_refund": quote.body["refund"], "reason": "Something came up."})
    return "done" if done.fine else "refused"


def cancel(_town: Town, me: Person, luck: random.Random) -> str:
    """Cancel a session or a request, for what was shown."""
    booking = _one(_mine(me, "confirmed", "requested"), luck)
    return _cancel(me, booking) if booking else "nothing to do"


def cancel_for_half(town: Town, me: Person, luck: random.Random) -> str:
    """Book a session that is near, and cancel it at once, when half is refunded."""
    held = None
    for _ in range(OFFERINGS_TRIED):
        held = held or _hold(town, me, luck, timedelta(hours=5), timedelta(hours=18))
    if held is None or held["by_approval"]:
        return "refused"
    link = me.client.post(f"/bookings/{held['id']}/pay")
    if not link.fine or by_card(link.body["url"], GOOD, luck) != "paid":
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


def give_back_hold(_town: Town, me: Person, luck: random.Random) -> str:
    """Give a time back that was not paid for."""
    booking = _one(_mine(me, "held"), luck)
    return _cancel(me, booking) if booking else "nothing to do"


def move(_town: Town, me: Person, luck: random.Random) -> str:
    """Move a session to another free time."""
    booking = _one(_mine(me, "confirmed"), luck)
    if booking is None:
        return "nothing to do"
    path = f"/bookings/{booking['id']}/move"
    times = me.client.get(path)
    free = times.body["starts_at"][:FIRST] if times.fine else []
    moved = free and me.client.post(path, {"starts_at": luck.choice(free)})
    return "done" if moved and moved.fine else "refused"


def answer_move(_town: Town, me: Person, luck: random.Random) -> str:
    """Answer what a coach proposed."""
    for booking in luck.sample(sessions := _mine(me, "confirmed"), min(4, len(sessions))):
        path = f"/bookings/{booking['id']}/moves"
        proposed = [one for one in me.client.items(path) if one["status"] == "proposed"]
        if proposed:
            word = luck.choice(("accept", "accept", "decline"))
            return "done" if me.client.post(f"{path}/{proposed[0]['id']}/{word}").fine else "refused"
    return "nothing to do"


def report_no_show(_town: Town, me: Person, luck: random.Random) -> str:
    """Say that the coach did not come."""
    over = _mine(me, "confirmed", "completed", past=True) + _mine(me, "confirmed")[:1]
    booking = _one(over[:6], luck)
    if booking is None:
        return "nothing to do"
    said = me.client.post(f"/bookings/{booking['id']}/no-show", {"words": "I waited."})
    return "done" if said.fine else "refused"


def take_back_no_show(_town: Town, me: Person, luck: random.Random) -> str:
    """Say that the mentee came after all."""
    booking = _one(_mine(me, "confirmed", "completed", past=True)[:6], luck)
    if booking is None:
        return "nothing to do"
    return "done" if me.client.delete(f"/bookings/{booking['id']}/no-show").fine else "refused"


def join_waitlist(town: Town, me: Person, luck: random.Random) -> str:
    """Join the waitlist for a coach's time."""
    _coach, offering = town.offering(luck)
    today = datetime.fromtimestamp(town.stripe.now(), UTC).date()
    wanted = {
        "offering_id": offering,
        "brief": BRIEF,
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=luck.randint(0, 3))).isoformat(),
        "earliest": "08:00",
        "latest": luck.choice(("10:00", "24:00")),
    }
    return "done" if me.client.post("/waitlist", wanted).fine else "refused"


def leave_waitlist(_town: Town, me: Person, luck: random.Random) -> str:
    """Leave the waitlist."""
    entry = _one(me.client.items("/waitlist"), luck)
    if entry is None:
        return "nothing to do"
    return "done" if me.client.delete(f"/waitlist/{entry['id']}").fine else "refused"
