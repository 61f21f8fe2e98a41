"""In and after a session: minutes more, what it was, another brief before it."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from devtools.chaos.dataset import Dataset, Person
from devtools.chaos.operations.asks import done
from devtools.chaos.operations.paying import pay_at
from devtools.outside import Browser, StoryBroke

HOUR = 3600
KINDS = ("mentor", "tutor", "other")


def _sessions(me: Person, *statuses: str, role: str, past: bool) -> list[dict[str, Any]]:
    found = me.client.items("/bookings", **{"as": role}, limit=60, past=str(past).lower())
    return [booking for booking in found if booking["status"] in statuses]


def _at(instant: str) -> float:
    return datetime.fromisoformat(instant).timestamp()


def propose_overrun(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Propose minutes more in a session or within the hour after it, or take that back."""
    now = dataset.stripe.now()
    found = [
        booking
        for past in (False, True)
        for booking in _sessions(me, "confirmed", "completed", role="coach", past=past)
        if _at(booking["starts_at"]) <= now <= _at(booking["ends_at"]) + HOUR
    ]
    if not found:
        return "nothing to do"
    path = f"/bookings/{rng.choice(found)['id']}/overruns"
    proposed = me.client.post(path, {"minutes": rng.choice((5, 15, 30))})
    if proposed.fine and rng.random() < 0.15:
        withdrawn = me.client.post(f"/overruns/{proposed.body['id']}/withdraw")
        return f"withdrawn: {done(withdrawn)}"
    return done(proposed)


def _overrun(me: Person, role: str, rng: random.Random, *statuses: str) -> dict[str, Any] | None:
    sessions = [
        booking for past in (True, False) for booking in _sessions(me, "confirmed", "completed", role=role, past=past)
    ]
    for booking in rng.sample(sessions, len(sessions))[:10]:
        known = me.client.get(f"/bookings/{booking['id']}/overruns")
        for one in known.body["overruns"] if known.fine else []:
            if one["status"] in statuses:
                return dict(one)
    return None


def answer_overrun(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Accept and pay, decline, or both at once on two screens."""
    found = _overrun(me, "mentee", rng, "proposed", "accepted")
    if found is None:
        return "nothing to do"
    path, choice = f"/overruns/{found['id']}", rng.random()
    if choice < 0.25:
        return f"declined: {done(me.client.post(f'{path}/decline'))}"
    with ThreadPoolExecutor(2) as both:
        accepted = both.submit(me.client.post, f"{path}/accept")
        declined = both.submit(me.client.post, f"{path}/decline") if choice < 0.4 else None
        page = accepted.result()
        if declined is not None and declined.result().fine and page.fine:
            me.client.watch.gave_up(f"one answer to overrun {found['id']}, which was accepted and declined")
    if not page.fine:
        return "refused"
    dataset.remember(page.body["checkout_url"])
    return pay_at(page.body["checkout_url"], rng)


def refund_overrun(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Refund one that was paid."""
    found = _overrun(me, "coach", rng, "paid")
    return done(me.client.post(f"/overruns/{found['id']}/refund")) if found else "nothing to do"


def give_feedback(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Say what a session was, as its mentee or coach, twice at once and not the same."""
    role = rng.choice(("mentee", "coach")) if me.handle else "mentee"
    held = _sessions(me, "completed", role=role, past=True)
    if not held:
        return "nothing to do"
    path = f"/bookings/{rng.choice(held)['id']}/feedback"
    said = [{"kind": rng.choice(KINDS), "dealt_with": rng.random() < 0.7} for _ in range(2)]
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda words: me.client.post(path, words), said))
    return " and ".join(map(done, answers))


def change_brief(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Say anew what a session to come is about, on its page."""
    ahead = _sessions(me, "confirmed", role="mentee", past=False)
    if not ahead:
        return "nothing to do"
    browser, page = Browser(dataset.system.site), f"/sessions/{rng.choice(ahead)['id']}"
    try:
        browser.sign_in(f"{me.name.lower()}@chaos.example", dataset.password)
        browser.press(page, f"{page}/brief", {"brief": f"Which of the {rng.randint(2, 9)} do we look at first?"})
    except StoryBroke:
        return "refused"
    return "done"
