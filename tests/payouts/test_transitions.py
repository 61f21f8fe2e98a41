"""Every pair of states of a payout, a run and a reversal against the function that moves it and the database."""

from itertools import product

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from marketplace import clock
from marketplace.audit.models import AuditEntry
from marketplace.db import session, uuid7
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.service.postings import post
from marketplace.payouts.models import Payout, PayoutLine, PayoutReversal, PayoutRun
from marketplace.payouts.rules import states as payout_states
from marketplace.payouts.rules.reasons import STRIPE_SAID, in_words
from marketplace.payouts.service.payout_lines import CarriedByAnother, claim_lines
from marketplace.payouts.service.transitions import (
    AnotherIsOpen,
    transition_payout,
    transition_reversal,
    transition_run,
)
from marketplace.states import TransitionRefused
from tests.factories import a_coach

WHY = in_words(STRIPE_SAID, "No such destination.")


@pytest.fixture
def ada():
    coach = a_coach("ada")
    post(
        "paid:test",
        debit=ledger_accounts.STRIPE,
        credit=ledger_accounts.coach(coach.id),
        cents=10800,
        currency="usd",
        subject_id=uuid7(),
    )
    return coach


def a_payout(coach, alma):
    run = PayoutRun(id=uuid7(), proposed_by=alma.id)
    made = Payout(id=uuid7(), run_id=run.id, coach_id=coach.id, amount_cents=10800, currency="usd")
    session().add(run)
    session().flush()
    session().add(made)
    session().flush()
    return made


@pytest.fixture
def payout(ada, alma):
    made = a_payout(ada, alma)
    assert claim_lines(made.id, 10800)
    return made


def last_words(row_id):
    chosen = select(AuditEntry).where(AuditEntry.subject_id == str(row_id)).order_by(AuditEntry.id.desc())
    entry = session().scalars(chosen).first()
    return None if entry is None else (entry.action, entry.details.get("before"))


def lines_count(payout):
    return session().scalars(select(PayoutLine.live).where(PayoutLine.payout_id == payout.id)).all() == [True]


@pytest.mark.parametrize(("before", "to"), list(product(payout_states.PAYOUT_STATES.states, repeat=2)))
def test_a_payout_moves_as_its_table_says(payout, before, to):
    payout.status, payout.reason = before, WHY
    session().execute(text("update payout_lines set live = :live"), {"live": before not in ("failed", "cancelled")})
    session().flush()
    if not payout_states.PAYOUT_STATES.allows(before, to):
        with pytest.raises(TransitionRefused) as refusal:
            transition_payout(payout, to)
        assert (refusal.value.details["state"], refusal.value.details["to"]) == (before, to)
        session().flush()
        session().refresh(payout)
        assert (payout.status, payout.reason, last_words(payout.id)) == (before, WHY, None)
        return
    transition_payout(payout, to, reason=WHY if to == "failed" else None)
    session().flush()
    session().refresh(payout)
    assert (payout.status, payout.reason) == (to, WHY if to == "failed" else None)
    assert last_words(payout.id) == (f"payout.{to}", before)
    assert payout.attempt == (1 if to == "sending" else 0)
    assert payout.tried_at == (clock.now() if to == "sending" else None)
    assert payout.sent_at == (clock.now() if to == "paid" else None)
    assert lines_count(payout) is (to not in ("failed", "cancelled"))


def test_a_failed_payout_is_not_approved_beside_one_that_is_open(payout, ada, alma):
    transition_payout(payout, "failed", reason=WHY)
    session().flush()
    a_payout(ada, alma)
    with pytest.raises(AnotherIsOpen), session().begin_nested():
        transition_payout(payout, "approved")


def test_a_failed_payout_is_not_approved_when_another_carries_its_lines(payout, ada, alma):
    transition_payout(payout, "failed", reason=WHY)
    session().flush()
    other = a_payout(ada, alma)
    assert claim_lines(other.id, 10800)
    other.status = "paid"
    session().flush()
    with pytest.raises(CarriedByAnother), session().begin_nested():
        transition_payout(payout, "approved")


RUNS = {
    "proposed": (False, False),
    "approved": (True, False),
    "cancelled": (False, True),
}


@pytest.mark.parametrize(("before", "to"), list(product(payout_states.RUN_STATES.states, repeat=2)))
def test_a_run_moves_as_its_table_says(payout, alma, before, to):
    run = session().get_one(PayoutRun, payout.run_id)
    approved, cancelled = RUNS[before]
    run.approved_at, run.cancelled_at = clock.now() if approved else None, clock.now() if cancelled else None
    session().flush()
    assert run.state == before
    if not payout_states.RUN_STATES.allows(before, to):
        with pytest.raises(TransitionRefused):
            transition_run(run, to, by=alma.id)
        assert (run.state, last_words(run.id)) == (before, None)
        return
    transition_run(run, to, by=alma.id)
    session().flush()
    assert (run.state, last_words(run.id)[0]) == (to, f"payout_run.{to}")
    assert run.approved_by == (alma.id if to == "approved" else None)


@pytest.mark.parametrize(("before", "to"), list(product(payout_states.REVERSAL_STATES.states, repeat=2)))
def test_a_reversal_moves_as_its_table_says(payout, alma, before, to):
    reversal = PayoutReversal(
        id=uuid7(),
        payout_id=payout.id,
        cents=100,
        reason="Paid twice.",
        asked_by=alma.id,
        status=before,
        failure=WHY if before == "failed" else None,
        stripe_id="trr_0" if before == "made" else None,
        made_at=clock.now() if before == "made" else None,
        tried_at=clock.now(),
    )
    session().add(reversal)
    session().flush()
    if not payout_states.REVERSAL_STATES.allows(before, to):
        with pytest.raises(TransitionRefused):
            transition_reversal(reversal, to)
        assert (reversal.status, last_words(reversal.id)) == (before, None)
        return
    transition_reversal(
        reversal, to, failure=WHY if to == "failed" else None, stripe_id="trr_1" if to == "made" else None
    )
    session().flush()
    session().refresh(reversal)
    assert (reversal.status, last_words(reversal.id)) == (to, (f"payout_reversal.{to}", before))
    assert (reversal.failure, reversal.stripe_id) == (
        WHY if to == "failed" else None,
        "trr_1" if to == "made" else None,
    )
    assert reversal.made_at == (clock.now() if to == "made" else None)
    assert (reversal.attempt, reversal.tried_at) == ((2, None) if to == "intended" else (1, clock.now()))


@pytest.mark.parametrize("machine", [payout_states.PAYOUT_STATES, payout_states.REVERSAL_STATES])
def test_the_database_knows_the_states_of_the_table_and_no_other(machine, payout, alma):
    reversal = PayoutReversal(id=uuid7(), payout_id=payout.id, cents=100, reason="Paid twice.", asked_by=alma.id)
    session().add(reversal)
    session().flush()
    facts = {
        "made": ", stripe_id = 'trr_1', made_at = now()",
        "failed": """, failure = '{"code": "no_bank", "parameters": {}}'""",
    }
    table = "payouts" if machine is payout_states.PAYOUT_STATES else "payout_reversals"
    for status in (*machine.states, "unheard_of"):
        place = session().begin_nested()
        more = facts.get(status, "") if table == "payout_reversals" else ""
        changed = text(f"update {table} set status = :status{more}").bindparams(status=status)
        if status in machine.states:
            session().execute(changed)
        else:
            with pytest.raises(IntegrityError, match=f"{table}_status_check"):
                session().execute(changed)
        place.rollback()
