"""Every pair of statuses of a payment, a refund and a dispute against the function that moves it and the database."""

from datetime import UTC, datetime
from itertools import product

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from marketplace import clock
from marketplace.audit.models import AuditEntry
from marketplace.db import session, uuid7
from marketplace.payments import rules
from marketplace.payments.models import Dispute, Payment, Refund
from marketplace.payments.service.transitions import transition_dispute, transition_payment, transition_refund
from marketplace.states import TransitionRefused
from tests.factories import a_person

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def payment():
    made = Payment(
        id=uuid7(),
        payer_id=a_person("Mia").id,
        subject_id=uuid7(),
        description="A session",
        amount_cents=12000,
        currency="usd",
        manual_capture=False,
        return_url="https://example.test",
        checkout_expires_at=NOW,
    )
    session().add(made)
    session().flush()
    return made


@pytest.fixture
def dispute(payment):
    made = Dispute(
        id=uuid7(),
        payment_id=payment.id,
        stripe_id="du_1",
        amount_cents=12000,
        fee_cents=0,
        reason="fraudulent",
        status="needs_response",
        opened_at=NOW,
    )
    session().add(made)
    session().flush()
    return made


@pytest.fixture
def refund(payment):
    made = Refund(id=uuid7(), payment_id=payment.id, key="test", amount_cents=12000, reason="a test")
    session().add(made)
    session().flush()
    return made


def last_words(row):
    chosen = select(AuditEntry).where(AuditEntry.subject_id == str(row.id)).order_by(AuditEntry.id.desc())
    entry = session().scalars(chosen).first()
    return None if entry is None else (entry.action, entry.details.get("before"))


def in_state(row, status, **facts):
    """The row as it stands in that state: the place from which a transition is tried."""
    for name, value in {"status": status, **facts}.items():
        setattr(row, name, value)
    session().flush()


def tried(machine, row, before, to, move):
    """Move a row in `before` to `to`: what the table allows is done, kept and told; anything else changes nothing."""
    if not machine.allows(before, to):
        with pytest.raises(TransitionRefused) as refusal:
            move(to)
        assert (refusal.value.details["state"], refusal.value.details["to"]) == (before, to)
        session().flush()
        session().refresh(row)
        assert (row.status, last_words(row)) == (before, None)
        return False
    move(to)
    session().flush()
    session().refresh(row)
    assert row.status == to
    assert last_words(row) == (f"{machine.name}.{to}", before)
    return True


@pytest.mark.parametrize(("before", "to"), list(product(rules.PAYMENT_STATES.states, repeat=2)))
def test_a_payment_moves_as_its_table_says(payment, before, to):
    in_state(payment, before)
    moved = tried(rules.PAYMENT_STATES, payment, before, to, lambda to: transition_payment(payment, to))
    assert payment.paid_at == (clock.now() if moved and to == "paid" else None)


@pytest.mark.parametrize(("before", "to"), list(product(rules.REFUND_STATES.states, repeat=2)))
@pytest.mark.parametrize("stripe_id", [None, "re_1"])
def test_a_refund_moves_as_its_table_says(refund, dispute, before, to, stripe_id):
    in_state(refund, before, stripe_id=stripe_id, covered_by=dispute.id if before == "covered" else None)

    def move(to):
        by = dispute if to == "covered" else None
        transition_refund(refund, to, reason="Stripe's words" if to in ("failed", "held") else None, by_dispute=by)

    if tried(rules.REFUND_STATES, refund, before, to, move):
        assert refund.covered_by == (dispute.id if to == "covered" else None)
        assert refund.failure == ("Stripe's words" if to in ("failed", "held") else None)
        assert refund.attempt == (2 if to == "intended" else 1)
        settled = to in ("succeeded", "covered") or (to == "failed" and stripe_id is not None)
        assert refund.settled_at == (clock.now() if settled else None)


@pytest.mark.parametrize(("before", "to"), list(product(rules.DISPUTE_STATES.states, repeat=2)))
def test_a_dispute_moves_as_its_table_says(dispute, before, to):
    lost = {"lost", "appeal_needs_response", "appeal_under_review"}
    decided = {"lost", "prevented", "warning_closed", "won"}
    in_state(dispute, before, closed_at=NOW if before in decided else None, followed_at=NOW)
    if tried(rules.DISPUTE_STATES, dispute, before, to, lambda to: transition_dispute(dispute, to)):
        assert dispute.followed_at == (None if (before in lost) != (to in lost) else NOW)
        closed_at = NOW if before in decided else clock.now()
        assert dispute.closed_at == (closed_at if to in decided else None)


@pytest.mark.parametrize(
    ("machine", "table"),
    [(rules.PAYMENT_STATES, "payments"), (rules.REFUND_STATES, "refunds"), (rules.DISPUTE_STATES, "disputes")],
)
def test_the_database_knows_the_states_of_the_table_and_no_other(machine, table, payment, refund, dispute):
    for status in (*machine.states, "unheard_of"):
        covered = ", covered_by = :dispute" if (table, status) == ("refunds", "covered") else ""
        if covered == "" and table == "refunds":
            covered = ", covered_by = null"
        place = session().begin_nested()
        said = {"status": status, "dispute": dispute.id}
        changed = text(f"update {table} set status = :status{covered}")
        if status in machine.states:
            session().execute(changed, said)
        else:
            with pytest.raises(IntegrityError, match=f"{table}_status_check"):
                session().execute(changed, said)
        place.rollback()
