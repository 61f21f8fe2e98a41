"""Free sessions out of the minutes that a coach chose to give."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from devtools.chaos.dataset import Dataset, Person
from devtools.chaos.operations.asks import BRIEF, FIRST, WINDOW, done
from devtools.chaos.plan import MENTEE

MINUTES = 30
NOTHING_CHOSEN = {"minutes_per_month": 0, "left": 0}
# Of whom, and for which of the coach's offerings: nothing of the API lists them.
OFFERED = """
    select u.name, g.id::text, g.offering_id::text from grants g
    join asks a on a.id = g.ask_id join users u on u.id = a.asker_id where g.status = 'offered'
"""


def choose_budget(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Give so many minutes a month, sometimes fewer than are granted already."""
    return done(me.client.put("/coach/pro-bono", {"minutes_per_month": rng.choice((30, 30, 60, 90))}))


def grant(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Offer free sessions for two asks at once, of which the budget may have one; or for one that is sent now."""
    if me.client.get("/coach/pro-bono").body == NOTHING_CHOSEN:
        choose_budget(dataset, me, rng)
    asks = me.client.items("/asks", **{"as": "coach"}, status="open")
    chosen = [one["id"] for one in rng.sample(asks, min(2, len(asks)))] or _sent_now(dataset, me, rng)
    if not chosen:
        return "nothing to do"
    with ThreadPoolExecutor(2) as both:
        given = list(both.map(lambda one: me.client.post(f"/asks/{one}/grants", {"minutes": MINUTES}), chosen))
    return " and ".join(map(done, given))


def _sent_now(dataset: Dataset, coach: Person, rng: random.Random) -> list[str]:
    asker = dataset.anybody(MENTEE, rng)
    asked = asker.client.post("/asks", BRIEF | {"coach": coach.handle, "minutes": MINUTES})
    return [str(asked.body["id"])] if asked.fine else []


def take_grant(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Choose a time for one, twice at once."""
    mine = [row[1:] for row in dataset.asked(OFFERED) if row[0] == me.name]
    if not mine:
        return "nothing to do"
    grant_id, offering = rng.choice(mine)
    start = datetime.fromtimestamp(dataset.stripe.now(), UTC) + timedelta(hours=5)
    times = me.client.get(f"/offerings/{offering}/slots", start=start.isoformat(), end=(start + WINDOW).isoformat())
    free = times.body["starts_at"][:FIRST] if times.fine else []
    if not free:
        return "refused"
    with ThreadPoolExecutor(2) as both:
        taken = list(both.map(lambda time: me.client.post(f"/grants/{grant_id}/take", {"starts_at": time}),
                              (free[0], free[-1])))  # fmt: skip
    if all(answer.fine for answer in taken) and len({answer.body["id"] for answer in taken}) > 1:
        me.client.watch.gave_up(f"one session for grant {grant_id}")
    return " and ".join(map(done, taken))
