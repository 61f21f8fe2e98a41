"""Asking, quoting, answering, declining, thinking again; taking a quote, also twice at once."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from devtools.chaos.client import Answer
from devtools.chaos.dataset import Dataset, Person
from devtools.chaos.operations.paying import GOOD, by_card, pay_at
from devtools.chaos.plan import COACH

ABOUT = "How do I keep 3 services calm while everything around them breaks? I lead a team of four, and we are on call."
BRIEF = {
    "kind": "mentor",
    "about": ABOUT,
    "not_about": "Not about tools.",
    "tried": "I wrote down what broke in the last 5 weeks: https://chaos.example/weeks",
    "why_coach": "You have seen everything that can go wrong, and stayed calm.",
    "aim": "A list of 3 things that we do next week, in this order.",
    "payer": "me",
}
WINDOW = timedelta(days=5)
FIRST = 12
# So many quotes are paid by a payer's link, and of those so many links are withdrawn at that moment.
BY_LINK, CHANGED_MIND = 0.4, 0.3
# So many quotes come with times, one of which is held, and so many noes with the name of somebody else.
WITH_TIMES, NAMES_ANOTHER = 0.35, 0.5
PAYER = {"name": "Chaos Ltd", "reference": "PO-7781", "email": "accounts@chaos.example"}


def ask(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Ask a coach for time; one ask at a time waits for the same coach."""
    coach = dataset.anybody(COACH, rng)
    by_when = datetime.fromtimestamp(dataset.stripe.now(), UTC).date() + timedelta(days=rng.randint(10, 40))
    wanted = {"coach": coach.handle, "minutes": rng.choice((25, 45, 60, 90)), "by_when": by_when.isoformat()}
    return "asked" if me.client.post("/asks", BRIEF | wanted).fine else "refused"


def asked_of(me: Person, rng: random.Random, *statuses: str) -> dict[str, Any] | None:
    """An ask of one's own as a coach in one of these states."""
    found = [one for status in statuses for one in me.client.items("/asks", **{"as": "coach"}, status=status)]
    return rng.choice(found) if found else None


def done(answer: Answer) -> str:
    """How an operation of one request went."""
    return "done" if answer.fine else "refused"


def quote(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Offer minutes for a price of one's own or of the rate card, at times or any, also in place of an earlier one."""
    found = asked_of(me, rng, "open", "open", "quoted")
    if found is None:
        return "nothing to do"
    # Beyond what the least price of the longest of these sessions is, in every currency.
    price = {"amount": rng.randint(12_000, 30_000), "currency": me.currency}
    wanted: dict[str, Any] = {
        "minutes": rng.choice((30, 50, 75)),
        "price": rng.choice((price, None)),
        "note": "As we said.",
    }
    if rng.random() < WITH_TIMES:
        free = free_times(dataset, me, f"/offerings/{rng.choice(me.offerings)}/slots")
        wanted["times"] = rng.sample(free[:FIRST], min(rng.randint(1, 3), len(free[:FIRST])))
    return done(me.client.post(f"/asks/{found['id']}/quotes", wanted))


def answer(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Answer in words."""
    found = asked_of(me, rng, "open", "quoted")
    if found is None:
        return "nothing to do"
    said = {"reply": "Begin with the one that wakes you most often.", "minutes": rng.randint(1, 30)}
    return done(me.client.post(f"/asks/{found['id']}/answer", said))


def decline(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Say no, and name somebody else, who may not have agreed to that."""
    found = asked_of(me, rng, "open", "quoted")
    if found is None:
        return "nothing to do"
    said = {"reason": rng.choice(("not_my_field", "no_time", "not_unpaid", "ask_another"))}
    if rng.random() < NAMES_ANOTHER:
        said["refer_to"] = dataset.anybody(COACH, rng).handle
    return done(me.client.post(f"/asks/{found['id']}/decline", said))


def withdraw(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Take an ask back."""
    found = [one for one in me.client.items("/asks") if one["status"] in {"open", "quoted"}]
    return done(me.client.post(f"/asks/{rng.choice(found)['id']}/withdraw")) if found else "nothing to do"


def offered(me: Person, rng: random.Random, form: str = "session") -> str | None:
    """A quote of that form that waits for being taken."""
    asks = me.client.items("/asks", status="quoted")
    for one in rng.sample(asks, min(4, len(asks))):
        for found in me.client.items(f"/asks/{one['id']}/quotes"):
            if found["status"] == "sent" and found["form"] == form:
                return str(found["id"])
    return None


def offered_for_an_ask(dataset: Dataset, me: Person, rng: random.Random, **more: Any) -> str | None:
    """A quote for an ask that is sent now, at the price of the rate card."""
    coach = dataset.anybody(COACH, rng)
    asked = me.client.post("/asks", BRIEF | {"coach": coach.handle, "minutes": 45})
    made = coach.client.post(f"/asks/{asked.body['id']}/quotes", {"minutes": 45} | more) if asked.fine else None
    return str(made.body["id"]) if made is not None and made.fine else None


def free_times(dataset: Dataset, me: Person, path: str) -> list[str]:
    """The next free times at a path that ends in slots."""
    start = datetime.fromtimestamp(dataset.stripe.now(), UTC) + timedelta(hours=5)
    times = me.client.get(path, start=start.isoformat(), end=(start + WINDOW).isoformat())
    return list(times.body["starts_at"]) if times.fine else []


def take_quote(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Choose a time for a quote, and pay, or leave the page open."""
    quote_id = offered(me, rng)
    free = free_times(dataset, me, f"/quotes/{quote_id}/slots")[:FIRST] if quote_id else []
    if not free:
        return "nothing to do"
    held = me.client.post(f"/quotes/{quote_id}/hold", {"starts_at": rng.choice(free)})
    if not held.fine:
        return "refused"
    by_link = rng.random() < BY_LINK
    if by_link:
        link = _payers_page(me, str(quote_id), str(held.body["id"]))
    else:
        link = me.client.post(f"/bookings/{held.body['id']}/pay")
    if link is None or not link.fine:
        return "refused"
    dataset.remember(link.body["url"])
    if by_link and rng.random() < CHANGED_MIND:
        return _paid_while_withdrawn(me, str(quote_id), link.body["url"], rng)
    return "held" if rng.random() < 0.25 else pay_at(link.body["url"], rng)


def _payers_page(me: Person, quote_id: str, booking_id: str) -> Answer | None:
    """The page to pay on for whoever holds the payer's link, while the asker goes there too: the same for both."""
    made = me.client.post(f"/quotes/{quote_id}/payer-link", {"purpose": "Training"})
    if not made.fine or not made.body["url"]:
        return None
    secret = made.body["url"].rpartition("/")[2]
    with ThreadPoolExecutor(2) as both:
        theirs = both.submit(me.client.post, f"/payer-links/{quote_id}/{secret}/pay", PAYER)
        own = both.submit(me.client.post, f"/bookings/{booking_id}/pay")
        found, asked = theirs.result(), own.result()
    if found.fine and asked.fine and found.body["url"] != asked.body["url"]:
        me.client.watch.gave_up(f"one page to pay quote {quote_id} on")
    return found


def _paid_while_withdrawn(me: Person, quote_id: str, page: str, rng: random.Random) -> str:
    """The link is withdrawn while its page is paid on."""
    with ThreadPoolExecutor(2) as both:
        withdrawn = both.submit(me.client.delete, f"/quotes/{quote_id}/payer-link")
        paid = both.submit(pay_at, page, rng)
        return f"{paid.result()}, link {done(withdrawn.result())}"


def take_quote_twice(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Choose two times for one quote at once, and pay for whatever is held."""
    quote_id = offered(me, rng) or offered_for_an_ask(dataset, me, rng)
    free = free_times(dataset, me, f"/quotes/{quote_id}/slots") if quote_id else []
    if len(free) < 2:
        return "nothing to do"
    # The first and the last are not at the same time, however long it is.
    with ThreadPoolExecutor(2) as both:
        held = list(both.map(lambda time: me.client.post(f"/quotes/{quote_id}/hold", {"starts_at": time}),
                             (free[0], free[-1])))  # fmt: skip
    paid = []
    for one in held:
        link = me.client.post(f"/bookings/{one.body['id']}/pay") if one.fine else None
        if link is not None and link.fine:
            dataset.remember(link.body["url"])
            paid.append(by_card(link.body["url"], GOOD, rng))
    return " and ".join(paid) or "refused"
