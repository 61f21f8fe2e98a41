"""Commands on one booking, by name, and what came of two of them in one line: answers, state, money, mails.

`tests/bookings/pairs.txt` says what each pair comes to, one after the other.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Any

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.attendance import service as attendance
from marketplace.bookings import queries as booking_queries
from marketplace.bookings.approvals import service as approvals
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.completions import service as completions
from marketplace.bookings.disputes import service as booking_disputes
from marketplace.bookings.goodwill_refunds import service as goodwill_refunds
from marketplace.bookings.holds import expiry as hold_expiry
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.bookings.reschedules import service as reschedules
from marketplace.coaches.models import Offering
from marketplace.db import session, uuid7
from marketplace.errors import FairhourError
from marketplace.notifications.models import Message
from marketplace.payments import queries as payments
from marketplace.payments.service import authorizations, disputes
from tests.factories import a_booking, a_hold

TEN = datetime(2027, 3, 3, 10, tzinfo=UTC)
GOLDEN = Path(__file__).parent / "bookings" / "pairs.txt"
DOCUMENTS = re.compile("invoice|credit note", re.IGNORECASE)


@dataclass
class Scene:
    """A booking in one state, its people, and an open proposal if there is one."""

    booking_id: Any
    mentee: User
    coach: User
    admin: User
    stranger: User
    offering: Offering
    moment: Any
    stripe: Any
    proposal_id: Any = None
    since: Any = None
    # What each was shown by somebody who looked before: refunds in cents by person, and what is left to refund.
    shown: dict[Any, int] = field(default_factory=dict)

    def look(self) -> "Scene":
        """Show both what a cancellation refunds now, and the admin what is left: they act on that from here on."""
        for person in (self.mentee, self.coach):
            with suppress(FairhourError):
                found = cancellations.quote_cancellation(person, booking_id=self.booking_id)
                self.shown[person.id] = found.refund_cents
        with suppress(FairhourError):
            self.shown["left"] = goodwill_refunds.refundable_cents(self.admin, booking_id=self.booking_id)
        return self

    def begin(self) -> "Scene":
        """From here on its mails count."""
        self.since = uuid7()
        return self

    def mails(self, person: User) -> str:
        """The subjects of what a person was sent, invoices and credit notes left out."""
        chosen = select(Message.subject).where(Message.recipient == person.email, Message.id > self.since)
        subjects = session().scalars(chosen.order_by(Message.id))
        return " + ".join(subject for subject in subjects if not DOCUMENTS.search(subject)) or "-"

    @property
    def payment(self) -> Any:
        found = payments.of_subject(self.booking_id)
        assert found is not None
        return payments.one(found.id)

    def cancel(self, actor: User, cents: int | None = None) -> None:
        """For what is shown now, or for what was shown before."""
        cents = self.shown.get(actor.id) if cents is None else cents
        if cents is None:
            cents = cancellations.quote_cancellation(actor, booking_id=self.booking_id).refund_cents
        cancellations.cancel(actor, booking_id=self.booking_id, expected_refund_cents=cents)

    def dispute(self) -> None:
        dispute = self.stripe.dispute(self.payment.charge_id, reason="product_not_received")["id"]
        disputes.sync_dispute(dispute)
        booking_disputes.dispute_changed(dispute)

    def goodwill(self) -> None:
        left = self.shown.get("left")
        if left is None:
            left = goodwill_refunds.refundable_cents(self.admin, booking_id=self.booking_id)
        goodwill_refunds.refund(
            self.admin, booking_id=self.booking_id, cents=3000, paid_by="platform", reason="A poor line.",
            expected_refundable_cents=left,
        )  # fmt: skip

    def lapse(self, sweep: Callable[[], object], **time: int) -> None:
        self.moment.advance(**time)
        sweep()


def _answer(command: Callable[..., object]) -> Callable[[Scene], object]:
    return lambda scene: command(scene.mentee, booking_id=scene.booking_id, reschedule_id=scene.proposal_id)


def _hear(scene: Scene) -> None:
    payment_outcomes.settle_payment(str(scene.payment.id))


COMMANDS: dict[str, dict[str, Callable[[Scene], object]]] = {
    "held": {
        "pays": lambda s: s.stripe.pay(s.payment.checkout_id),
        "we hear": _hear,
        "lapses": lambda s: s.lapse(hold_expiry.expire_holds, minutes=16),
        "mentee releases": lambda s: s.cancel(s.mentee, 0),
        "another holds": lambda s: a_hold(s.stranger, s.offering, TEN),
    },
    "requested": {
        "approves": lambda s: approvals.approve(s.coach, booking_id=s.booking_id),
        "declines": lambda s: approvals.decline(s.coach, booking_id=s.booking_id),
        "capture begins": lambda s: authorizations._begin_capture(s.payment.id),
        "captured": lambda s: payment_outcomes.capture_payment(str(s.payment.id)),
        "mentee cancels for 0": lambda s: s.cancel(s.mentee, 0),
        "mentee cancels": lambda s: s.cancel(s.mentee),
        "coach cancels": lambda s: s.cancel(s.coach),
        "lapses": lambda s: s.lapse(approvals.lapse_requests, hours=49),
        "card expires": lambda s: s.lapse(lambda: _hear(s), days=8),
    },
    "confirmed": {
        "mentee cancels": lambda s: s.cancel(s.mentee),
        "coach cancels": lambda s: s.cancel(s.coach),
        "mentee moves": lambda s: reschedules.reschedule(
            s.mentee, booking_id=s.booking_id, starts_at=TEN + timedelta(hours=2)
        ),
        "coach proposes": lambda s: reschedules.propose(
            s.coach, booking_id=s.booking_id, starts_at=TEN + timedelta(hours=3)
        ),
        "accepts": _answer(reschedules.accept),
        "refuses": _answer(reschedules.decline),
        "withdraws": lambda s: reschedules.withdraw(
            s.coach, booking_id=s.booking_id, reschedule_id=s.proposal_id
        ),
        "disputes": Scene.dispute,
        "admin refunds 30": Scene.goodwill,
        "we hear again": _hear,
    },
    "over": {
        "took place": lambda s: completions.complete(s.coach, booking_id=s.booking_id, outcome="took_place"),
        "mentee did not come": lambda s: attendance.report_no_show(s.coach, booking_id=s.booking_id),
        "coach did not come": lambda s: attendance.report_no_show(s.mentee, booking_id=s.booking_id, words="No."),
        "nobody says": lambda s: s.lapse(completions.complete_sessions, hours=25),
        "mentee cancels": lambda s: s.cancel(s.mentee, 0),
        "coach cancels": lambda s: s.cancel(s.coach),
        "disputes": Scene.dispute,
        "admin refunds 30": Scene.goodwill,
    },
}  # fmt: skip


def pairs() -> list[tuple[str, str, str]]:
    """Each state with every two of its commands, in both orders."""
    return [(state, *two) for state, commands in COMMANDS.items() for two in permutations(commands, 2)]


def begin(state: str, scene: Scene, run_jobs: Callable[[], object]) -> Scene:
    """Bring a booking into a state: held with its page open, requested, confirmed with a proposal open, or over."""
    if state == "held":
        held = a_hold(scene.mentee, scene.offering, TEN)
        booking_checkout.pay(scene.mentee, booking_id=held.id)
        scene.booking_id = held.id
    else:
        scene.booking_id = a_booking(scene.mentee, scene.offering, TEN, scene.stripe).id
    if state == "confirmed":
        proposal = reschedules.propose(scene.coach, booking_id=scene.booking_id, starts_at=TEN + timedelta(hours=1))
        scene.proposal_id = proposal.id
    if state == "over":
        scene.moment.advance(days=2, hours=2, minutes=30)
    run_jobs()
    return scene.begin()


def said(scene: Scene, command: Callable[[Scene], object]) -> str:
    """'ok', or the refusal and the refund that it names instead."""
    try:
        command(scene)
    except FairhourError as refusal:
        cents = refusal.details.get("refund_cents")
        return type(refusal).__name__ + (f" {cents / 100:.2f}" if cents is not None else "")
    return "ok"


def outcome(scene: Scene) -> str:
    """State, money at Stripe and mails, in one line, once all jobs are done."""
    booking = booking_queries.locked(scene.booking_id)
    lines = scene.stripe.read("balance_transactions", limit=100)["data"]
    taken = sum(line["amount"] for line in lines if line["type"] == "charge")
    refunded = -sum(line["amount"] for line in lines if line["type"] in {"refund", "adjustment"})
    fee = sum(line["fee"] for line in lines)
    state = booking.status + (f"/{booking.outcome}" if booking.outcome else "")
    state += " frozen" if booking.frozen_at else ""
    moved = f" at {booking.starts_at.astimezone(UTC):%H:%M}" if booking.starts_at != TEN else ""
    money = f"{taken / 100:.2f} taken, {refunded / 100:.2f} back, {fee / 100:.2f} fees"
    return f"{state}{moved}; {money}; mentee: {scene.mails(scene.mentee)}; coach: {scene.mails(scene.coach)}"


@cache
def expected() -> dict[str, str]:
    """What each pair comes to, by `state: first, second`."""
    rows = (line.split(" -> ", 1) for line in GOLDEN.read_text().splitlines() if " -> " in line)
    return {key.strip(): value.strip() for key, value in rows}
