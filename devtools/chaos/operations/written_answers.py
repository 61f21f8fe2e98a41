"""Written answers: offered, ordered, written in time or not, asked about, reported, decided on."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from devtools.chaos.dataset import Dataset, Person
from devtools.chaos.operations.asks import asked_of, done, offered, offered_for_an_ask
from devtools.chaos.operations.paying import pay_at

WRITTEN = "written"
SOON_HOURS, LATE_HOURS = 13, 130
# So many orders are for an ask that is sent now, and so many coaches cannot answer after all, at the same moment.
ASKS_NOW, CANNOT = 0.6, 0.25
# So many pages stay open, and so many reports are withdrawn.
LEAVES, THINKS_AGAIN = 0.15, 0.2


def _form(dataset: Dataset, rng: random.Random) -> dict[str, Any]:
    by = datetime.fromtimestamp(dataset.stripe.now(), UTC) + timedelta(hours=rng.choice((SOON_HOURS, 40, LATE_HOURS)))
    return {"form": WRITTEN, "deliver_by": by.isoformat()}


def offer_answer(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Offer an answer in words by a date, in place of what was offered before."""
    found = asked_of(me, rng, "open", "open", "quoted")
    if found is None:
        return "nothing to do"
    wanted = {"minutes": rng.choice((30, 45)), "note": "In words, that is enough."} | _form(dataset, rng)
    return done(me.client.post(f"/asks/{found['id']}/quotes", wanted))


def order_answer(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Order what was offered, and have the card authorised, or leave the page open."""
    quote_id = offered(me, rng, WRITTEN)
    if quote_id is None and rng.random() < ASKS_NOW:
        quote_id = offered_for_an_ask(dataset, me, rng, **_form(dataset, rng))
    if quote_id is None:
        return "nothing to do"
    ordered = me.client.post(f"/quotes/{quote_id}/order")
    page = me.client.post(f"/written-answers/{ordered.body['id']}/pay") if ordered.fine else ordered
    if not page.fine:
        return "refused"
    dataset.remember(page.body["url"])
    return "ordered" if rng.random() < LEAVES else pay_at(page.body["url"], rng)


def _answers(me: Person, *statuses: str, as_coach: bool = False) -> list[dict[str, Any]]:
    found = me.client.items("/written-answers", **{"as": "coach" if as_coach else "mentee"}, limit=50)
    return [one for one in found if one["status"] in statuses]


def deliver_answer(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Send the answer; now and then it is given up on another screen at the same moment."""
    to_write = _answers(me, "ordered", as_coach=True)
    if not to_write:
        return "nothing to do"
    path, said = f"/written-answers/{rng.choice(to_write)['id']}", {"answer": "Begin with the loudest one."}
    if rng.random() >= CANNOT:
        return done(me.client.post(f"{path}/deliver", said))
    with ThreadPoolExecutor(2) as both:
        sent = both.submit(me.client.post, f"{path}/deliver", said)
        given_up = both.submit(me.client.post, f"{path}/give-up")
        answers = sent.result(), given_up.result()
    if all(answer.fine for answer in answers):
        me.client.watch.gave_up(f"one end of {path}, which was sent and given up")
    return " and ".join(map(done, answers))


def ask_follow_up(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Ask the one question that is included; a second one is refused."""
    read = _answers(me, "delivered")
    if not read:
        return "nothing to do"
    return done(me.client.post(f"/written-answers/{rng.choice(read)['id']}/follow-up", {"question": "And then?"}))


def reply_to_follow_up(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Reply to it."""
    asked = [one for one in _answers(me, "delivered", as_coach=True) if one["follow_up"]]
    if not asked:
        return "nothing to do"
    return done(me.client.post(f"/written-answers/{rng.choice(asked)['id']}/follow-up/reply", {"reply": "Rest."}))


def report_answer(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Say that this is no answer, or withdraw that."""
    read = _answers(me, "delivered")
    if not read:
        return "nothing to do"
    path = f"/written-answers/{rng.choice(read)['id']}/report"
    if rng.random() < THINKS_AGAIN:
        return done(me.client.delete(path))
    return done(me.client.post(path, {"words": "It says nothing of the second one."}))


def respond_to_report(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Agree, and it is refunded, or disagree, and an admin decides."""
    for one in _answers(me, "delivered", as_coach=True):
        said = me.client.get(f"/written-answers/{one['id']}/report")
        if said.fine and said.body["status"] == "open":
            body = {"response": rng.choice(("agree", "disagree", "disagree")), "words": "It is all there."}
            return done(me.client.post(f"/written-answers/{one['id']}/report/response", body))
    return "nothing to do"


def decide_report(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Decide between two who do not agree whether it is an answer."""
    reports = me.client.items("/admin/written-answers/reports")
    if not reports:
        return "nothing to do"
    body = {"verdict": rng.choice(("refund", "pay")), "reason": "I read it."}
    return done(me.client.post(f"/admin/written-answers/reports/{rng.choice(reports)['id']}/decide", body))
