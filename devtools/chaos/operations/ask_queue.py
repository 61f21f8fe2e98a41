"""How many asks a coach takes, and the queue of those who wait for a place."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from devtools.chaos.dataset import Dataset, Person
from devtools.chaos.operations.asks import BRIEF, done
from devtools.chaos.plan import COACH

# Few, so that there is a queue; and as many as come, so that it moves.
FEW, MANY = 1, 60


def choose_capacity(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Take few or many at once, close until tomorrow, agree to be named by others or not."""
    tomorrow = datetime.fromtimestamp(dataset.stripe.now(), UTC).date() + timedelta(days=1)
    chosen: dict[str, Any] = {
        "open_at_most": rng.choice((FEW, FEW + 1, MANY)),
        "per_week": rng.choice((MANY, MANY, 3)),
        "closed_until": rng.choice((None, None, tomorrow.isoformat())),
        "least_points": 0,
        "sentences": {},
        "takes_referrals": rng.random() < 0.6,
    }
    return done(me.client.put("/coach/ask-settings", chosen))


def join_queue(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Have an ask wait for a place; where there is one it is sent at once."""
    coach = dataset.anybody(COACH, rng)
    taken = me.client.post("/ask-queue", BRIEF | {"coach": coach.handle, "minutes": rng.choice((25, 45))})
    return str(taken.body["status"]) if taken.fine else "refused"


def leave_queue(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Wait no longer."""
    places = me.client.items("/ask-queue", status="waiting")
    return done(me.client.post(f"/ask-queue/{rng.choice(places)['id']}/leave")) if places else "nothing to do"
