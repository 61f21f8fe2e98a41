"""What a coach answered before: on the shelf, published with the asker's word, and enough for somebody else."""

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from devtools.chaos.dataset import Dataset, Person
from devtools.chaos.operations.asks import BRIEF, done
from devtools.chaos.plan import COACH

MOST_ON_SHELF = 4
PUBLIC = {
    "title": "Keeping services calm",
    "question": "How do services stay calm while everything around them breaks?",
    "answer": "Begin with the one that wakes you most often.",
    "language": "en",
}


def put_on_shelf(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Name a post that answers what is asked again and again; or take one off."""
    shelf = me.client.items("/coach/shelf")
    if len(shelf) >= MOST_ON_SHELF:
        return done(me.client.delete(f"/coach/shelf/{rng.choice(shelf)['id']}"))
    post = {
        "kind": "post",
        "title": f"Calm services, part {rng.randrange(1000)}",
        "url": f"https://chaos.example/calm/{rng.randrange(1000)}",
        "line": "For whoever wonders how services stay calm while everything breaks.",
        "language": "en",
    }
    return done(me.client.post("/coach/shelf", post))


def count_earlier_answer(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Say of one that is shown that it answered this, twice at once: it counts once."""
    coach = dataset.anybody(COACH, rng)
    shown = me.client.post(f"/coaches/{coach.handle}/ask-preview", BRIEF | {"minutes": 45})
    found = shown.body["earlier_answers"] if shown.fine else []
    if not found:
        return "nothing to do"
    chosen = rng.choice(found)
    enough = {"source": chosen["source"], "id": chosen["id"]}
    with ThreadPoolExecutor(2) as both:
        said = [both.submit(me.client.post, f"/coaches/{coach.handle}/answered", enough) for _ in range(2)]
        answers = [each.result() for each in said]
    if sum(bool(answer.fine and answer.body["counted"]) for answer in answers) > 1:
        me.client.watch.gave_up(f"one count of {chosen['source']} {chosen['id']}")
    return " and ".join(map(done, answers))


def _answered(me: Person, role: str, rng: random.Random) -> list[dict[str, Any]]:
    found = me.client.items("/asks", **{"as": role}, status="answered")
    return rng.sample(found, min(4, len(found)))


def allow_publication(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Agree that something is published, release exactly the text that was shown, or think again."""
    for one in _answered(me, "asker", rng):
        path = f"/asks/{one['id']}/publication"
        known = me.client.get(path)
        if not known.fine or known.body["status"] == "withdrawn":
            return f"allowed: {done(me.client.post(f'{path}/allow'))}"
        if known.body["status"] == "prepared":
            return f"released: {done(me.client.post(f'{path}/release', {'version': known.body['version']}))}"
        if known.body["status"] == "published" and rng.random() < 0.3:
            return f"withdrawn: {done(me.client.post(f'{path}/withdraw'))}"
    return "nothing to do"


def prepare_publication(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Write the text that would be public, or another one."""
    for one in _answered(me, "coach", rng):
        path = f"/asks/{one['id']}/publication"
        known = me.client.get(path)
        if known.fine and known.body["status"] != "withdrawn":
            return done(me.client.post(path, PUBLIC | {"title": f"Calm services {rng.randrange(100)}"}))
    return "nothing to do"
