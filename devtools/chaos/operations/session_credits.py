"""Sessions that are paid for without a time, and scheduled later."""

import random
from concurrent.futures import ThreadPoolExecutor

from devtools.chaos.dataset import Dataset, Person
from devtools.chaos.operations.asks import BY_LINK, FIRST, PAYER, done, free_times, offered, offered_for_an_ask
from devtools.chaos.operations.paying import pay_at

ASKS_NOW, LEAVES = 0.6, 0.15
# So many choose a time on another screen at the same moment, and so many use one credit for two times at once.
HOLDS_TOO, TWICE = 0.3, 0.4
# So many cancel it on another screen at that moment.
CANCELS = 0.2


def buy_credit(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Take a quote without a time, and pay, or leave the page open."""
    quote_id = offered(me, rng)
    if quote_id is None and rng.random() < ASKS_NOW:
        quote_id = offered_for_an_ask(dataset, me, rng)
    if quote_id is None:
        return "nothing to do"
    bought = me.client.post
    if rng.random() < BY_LINK:
        return _bought_by_link(dataset, me, str(quote_id), rng)
    with ThreadPoolExecutor(2) as both:
        credit = both.submit(bought, f"/quotes/{quote_id}/credit")
        free = free_times(dataset, me, f"/quotes/{quote_id}/slots") if rng.random() < HOLDS_TOO else []
        held = both.submit(bought, f"/quotes/{quote_id}/hold", {"starts_at": free[0]}) if free else None
        taken = credit.result()
        if held is not None and held.result().fine and taken.fine:
            me.client.watch.gave_up(f"one thing for quote {quote_id}, which has a time and a credit")
    page = me.client.post(f"/credits/{taken.body['id']}/pay") if taken.fine else taken
    if not page.fine:
        return "refused"
    dataset.remember(page.body["url"])
    return "open" if rng.random() < LEAVES else pay_at(page.body["url"], rng)


def _bought_by_link(dataset: Dataset, me: Person, quote_id: str, rng: random.Random) -> str:
    """Whoever holds the payer's link pays without a time, while the asker takes a credit: one page for both."""
    made = me.client.post(f"/quotes/{quote_id}/payer-link", {"purpose": "Training"})
    if not made.fine or not made.body["url"]:
        return "refused"
    link = f"/payer-links/{quote_id}/{made.body['url'].rpartition('/')[2]}/pay"
    with ThreadPoolExecutor(2) as both:
        theirs = both.submit(me.client.post, link, PAYER | {"without_time": True})
        own = both.submit(me.client.post, f"/quotes/{quote_id}/credit")
        found, taken = theirs.result(), own.result()
    if not found.fine:
        return "refused"
    page = found.body["url"]
    asked = me.client.post(f"/credits/{taken.body['id']}/pay") if taken.fine else found
    if asked.fine and asked.body["url"] != page:
        me.client.watch.gave_up(f"one page to pay quote {quote_id} on, which has a credit")
    dataset.remember(page)
    return "open" if rng.random() < LEAVES else pay_at(page, rng)


def schedule_credit(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Use one for a time, now and then for two at once, or cancel it too."""
    usable = [one for one in me.client.items("/credits", limit=50) if one["status"] == "open"]
    if not usable:
        return "nothing to do"
    path = f"/credits/{rng.choice(usable)['id']}"
    free = free_times(dataset, me, f"{path}/slots")
    if not free:
        return "refused"
    times = (free[0], free[-1]) if rng.random() < TWICE else (rng.choice(free[:FIRST]),)
    with ThreadPoolExecutor(3) as at_once:
        cancelled = at_once.submit(me.client.post, f"{path}/cancel") if rng.random() < CANCELS else None
        answers = list(at_once.map(lambda time: me.client.post(f"{path}/schedule", {"starts_at": time}), times))
    if cancelled is not None:
        answers.append(cancelled.result())
    if sum(answer.fine for answer in answers) > 1:
        me.client.watch.gave_up(f"one use of {path}, of which there were two")
    return " and ".join(map(done, answers))
