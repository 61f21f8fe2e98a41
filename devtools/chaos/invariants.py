"""What must be true once everything has settled, seen from outside: SQL and Stripe's API."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from devtools.chaos import queries
from devtools.chaos.stripe_objects import StripeObjects
from marketplace import money
from marketplace.notifications.rules.messages import mail_id

SHOWN = 5


@dataclass(frozen=True)
class Finding:
    """Something that is not as it must be: the name of the rule, each case in words, and the cents that are astray."""

    name: str
    cases: tuple[str, ...]
    cents: int = 0

    def spoken(self) -> str:
        """The rule with the first cases."""
        more = f" and {len(self.cases) - SHOWN} more" if len(self.cases) > SHOWN else ""
        return f"{self.name}: {len(self.cases)} found\n    " + "\n    ".join(self.cases[:SHOWN]) + more


@dataclass(frozen=True)
class Scene:
    """Where to look. `now` is seconds since 1970 by the clock that all share."""

    database: "psycopg.Connection[Any]"
    books: StripeObjects
    mails: Path
    now: float

    def ask(self, query: str, **given: Any) -> list[tuple[Any, ...]]:
        """The rows that answer a query of `queries`."""
        return self.database.execute(query, given | {"now": self.now}).fetchall()


Check = Callable[[Scene], Iterator[tuple[str, int]]]
INVARIANTS: dict[str, Check] = {}

DOUBLE_BOOKINGS, DIFFERENCES, STUCK_JOBS = "double_bookings", "differences", "stuck_jobs"


def check(function: Check) -> Check:
    """Register a check under its name; it yields each case in words with the minor units that are astray by it."""
    INVARIANTS[function.__name__] = function
    return function


def look(scene: Scene, checks: Mapping[str, Check]) -> list[Finding]:
    """Everything that is wrong by these."""
    found = []
    for name, looks in checks.items():
        cases = list(looks(scene))
        if cases:
            found.append(Finding(name, tuple(words for words, _cents in cases), sum(abs(cents) for _, cents in cases)))
    return found


def told(rows: list[tuple[Any, ...]]) -> Iterator[tuple[str, int]]:
    """Each row as a case, its columns one after the other."""
    for row in rows:
        yield " · ".join(str(column) for column in row), 0


@check
def double_bookings(scene: Scene) -> Iterator[tuple[str, int]]:
    """No coach is in two sessions at once, nor in one of somebody else's, whatever constraint and trigger say."""
    yield from told(scene.ask(queries.OVERLAPS))


@check
def differences(scene: Scene) -> Iterator[tuple[str, int]]:
    """Every object of Stripe's moved as much in its books as in ours."""
    ours = {(source or "", currency): int(net) for source, currency, net in scene.ask(queries.NET_BY_SOURCE)}
    theirs = scene.books.net_by_source()
    for place in sorted(ours.keys() | theirs.keys()):
        mine, other = ours.get(place, 0), theirs.get(place, 0)
        if mine != other:
            words = (money.spoken(abs(cents), place[1]) for cents in (mine, other))
            yield f"{place[0] or 'without a source'}: ours {next(words)}, Stripe's {next(words)}", mine - other


@check
def stripe_holds_what_the_ledger_says(scene: Scene) -> Iterator[tuple[str, int]]:
    """The balance at Stripe is that of our `stripe` account, currency by currency."""
    ours = {currency: int(cents) for currency, cents in scene.ask(queries.STRIPE_BALANCE)}
    theirs = scene.books.balance()
    for currency in sorted(ours.keys() | theirs.keys()):
        apart = ours.get(currency, 0) - theirs.get(currency, 0)
        if apart:
            yield f"{currency}: {ours.get(currency, 0)} here, {theirs.get(currency, 0)} there", apart


@check
def stuck_jobs(scene: Scene) -> Iterator[tuple[str, int]]:
    """Every job was done; what waits, waits for a time to come."""
    yield from told(scene.ask(queries.STUCK_JOBS))


def _by_metadata(scene: Scene, kind: str, name: str) -> dict[str, list[dict[str, Any]]]:
    """Stripe's objects of a kind by what we wrote on them."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in scene.books.all(kind):
        if kind == "refunds" and one["balance_transaction"] is None and one["status"] != "pending":
            continue  # an authorisation that was let go: no money moves; one that is pending waits for our balance
        found[(one["metadata"] or {}).get(name, "")].append(one)
    return found


def _once_each(ours: Mapping[str, str], theirs: Mapping[str, list[Any]], what: str) -> Iterator[tuple[str, int]]:
    """What we asked for once exists once; what we did not ask for does not."""
    for key, objects in theirs.items():
        if key not in ours:
            yield from ((f"{what} {one['id']} is nothing of ours", one["amount"]) for one in objects)
        elif len(objects) > 1:
            surplus = sum(one["amount"] for one in objects[1:])
            yield f"{what} for {key} was made {len(objects)} times: {', '.join(one['id'] for one in objects)}", surplus


@check
def one_page_for_each_payment(scene: Scene) -> Iterator[tuple[str, int]]:
    """Nobody can pay twice for one thing, or for a thing that is gone."""
    pages = _by_metadata(scene, "checkout/sessions", "payment_id")
    # A page lives a day at most: what is held longer is asked for anew, once the page before it has ended unpaid.
    attempts = {str(payment_id): number for payment_id, number in scene.ask(queries.ATTEMPTS)}
    for payment_id, found in pages.items():
        living = [page for page in found if page["status"] != "expired"]
        if len(living) > 1 or len(found) > attempts.get(payment_id, 1):
            yield f"{len(found)} pages for payment {payment_id}: {', '.join(page['id'] for page in found)}", 0
    still = {str(payment_id) for (payment_id,) in scene.ask(queries.PAYABLE_PAYMENTS)}
    for payment_id, found in pages.items():
        if payment_id not in still and any(page["status"] == "open" for page in found):
            yield f"the page of payment {payment_id} can still be paid", 0


@check
def one_payment_for_each_charge(scene: Scene) -> Iterator[tuple[str, int]]:
    """What Stripe took is a payment of ours, in full, and what is authorised only waits for a coach."""
    ours = {charge: (int(cents), status) for charge, cents, status in scene.ask(queries.CHARGED)}
    for charge in scene.books.all("charges"):
        known = ours.get(charge["id"])
        taken = charge["captured"] and charge["status"] == "succeeded"
        if taken and known != (charge["amount_captured"], "paid"):
            yield f"charge {charge['id']} of {charge['amount_captured']} is {known} here", charge["amount_captured"]
    asked = {intent for (intent,) in scene.ask(queries.OPEN_REQUESTS)}
    for intent in scene.books.all("payment_intents"):
        if intent["status"] == "requires_capture" and intent["id"] not in asked:
            yield f"intent {intent['id']} is still authorised, for nothing", 0


@check
def one_refund_for_each_intention(scene: Scene) -> Iterator[tuple[str, int]]:
    """Money is refunded once for each decision, and its status is the same on both sides."""
    known = scene.ask(queries.REFUNDS)
    ours = {str(refund_id): status for refund_id, status, _stripe_id in known}
    theirs: dict[str, list[dict[str, Any]]] = defaultdict(list)
    # One that only seemed to have failed belongs to the refund that was sent in its place.
    taken_over = {stripe_id: str(refund_id) for refund_id, _status, stripe_id in known if stripe_id}
    for named, found in _by_metadata(scene, "refunds", "refund_id").items():
        for one in found:
            theirs[taken_over.get(one["id"], named)].append(one)
    yield from _once_each(ours, theirs, "refund")
    words = {"canceled": "failed", "requires_action": "pending"}
    # Stripe refused it, or was never asked again because the payer's bank had given the money back.
    never_sent = {"failed", "covered"}
    for refund_id, status in ours.items():
        there = {words.get(one["status"], one["status"]) for one in theirs.get(refund_id, [])}
        if status == "intended" or (there and there != {status}) or (not there and status not in never_sent):
            yield f"refund {refund_id} is {status} here and {' and '.join(there) or 'nothing'} there", 0


@check
def one_transfer_for_each_payout(scene: Scene) -> Iterator[tuple[str, int]]:
    """A coach is sent a payout once, and only one that was approved."""
    ours = {
        str(payout_id): status for payout_id, status in scene.ask(queries.PAYOUTS) if status in {"paid", "reversed"}
    }
    theirs = _by_metadata(scene, "transfers", "payout_id")
    yield from _once_each(ours, theirs, "transfer")
    for payout_id in ours.keys() - theirs.keys():
        yield f"payout {payout_id} is paid here and was never sent", 0


@check
def every_dispute_is_known(scene: Scene) -> Iterator[tuple[str, int]]:
    """What a bank asks back is known here, as it stands there."""
    ours = dict(scene.ask(queries.DISPUTES))
    for dispute in scene.books.all("disputes"):
        if ours.get(dispute["id"]) != dispute["status"]:
            yield f"dispute {dispute['id']} is {dispute['status']} there and {ours.get(dispute['id'])} here", 0


@check
def every_event_is_handled_once(scene: Scene) -> Iterator[tuple[str, int]]:
    """What Stripe told us, and what it could not tell us, was acted upon; and what follows of it only once."""
    yield from told(scene.ask(queries.UNHANDLED_EVENTS))
    yield from told(scene.ask(queries.CONFIRMED_TWICE))
    known = {event for (event,) in scene.ask(queries.EVENTS)}
    for event in scene.books.all("events"):
        if event["id"] not in known:
            yield f"event {event['id']} ({event['type']}) never came", 0


@check
def no_stray_holds(scene: Scene) -> Iterator[tuple[str, int]]:
    """A time that was not paid for, or not answered, is free again."""
    yield from told(scene.ask(queries.STRAY_HOLDS))


@check
def what_is_paid_is_sold_or_given_back(scene: Scene) -> Iterator[tuple[str, int]]:
    """No confirmed session without money, no money without a session, a refund or a lost dispute."""
    yield from told(scene.ask(queries.CONFIRMED_UNPAID))
    for payment, currency, left in scene.ask(queries.PAID_FOR_NOTHING):
        yield f"payment {payment}: {left} {currency} neither sold nor refunded", int(left)


@check
def every_earning_is_released(scene: Scene) -> Iterator[tuple[str, int]]:
    """Once every window is over, what was kept is the coach's and ours."""
    yield from told(scene.ask(queries.UNRELEASED))


@check
def nothing_is_under_way(scene: Scene) -> Iterator[tuple[str, int]]:
    """No payout is being sent, and nothing is in transit."""
    yield from told(scene.ask(queries.SENDING))
    for currency, cents in scene.ask(queries.IN_TRANSIT):
        yield f"{cents} {currency} in transit", int(cents)


@check
def everybody_was_told_how_it_ended(scene: Scene) -> Iterator[tuple[str, int]]:
    """The last mail about a session tells of its last state, and every mail that was written has arrived."""
    yield from told(scene.ask(queries.LAST_WORD_IS_WRONG))
    yield from told(scene.ask(queries.UNSENT_MAILS))
    arrived = Counter(_message_ids(scene.mails))
    for message_id, key in scene.ask(queries.SENT_MAILS):
        if str(mail_id(message_id, key)) not in arrived:
            yield f"mail {message_id} is sent here and never arrived", 0


def _message_ids(folder: Path) -> Iterator[str]:
    """The ids of our messages whose mails have come, by their Message-ID."""
    for file in folder.glob("*.eml"):
        for line in file.read_bytes().splitlines():
            if line.lower().startswith(b"message-id:"):
                yield line.split(b"<", 1)[1].split(b"@", 1)[0].decode()
                break
