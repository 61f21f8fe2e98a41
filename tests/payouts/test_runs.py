"""Runs are proposed, approved by a second person where they are large, cancelled and retried."""

from decimal import Decimal

import pytest

from marketplace.audit.queries import timeline_of
from marketplace.currencies import Amounts
from marketplace.db import session, uuid7
from marketplace.errors import Conflict, NotAllowed, NotFound
from marketplace.ledger.rules import coach as account_of_coach
from marketplace.ledger.service.postings import post
from marketplace.payouts.models import ConnectedAccount, PayoutRun
from marketplace.payouts.queries import earnings as earning_queries
from marketplace.payouts.queries import payables as payable_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.rules import states as payout_states
from marketplace.payouts.rules.reasons import (
    BANK_NOT_READY,
    BELOW_MINIMUM,
    DEBT,
    NO_BANK,
    NOT_COVERED,
    NOTHING,
    STRIPE_SAID,
    SUSPENDED,
    UNDER_WAY,
    Reason,
    in_words,
    of_money,
)
from marketplace.payouts.service import runs
from marketplace.payouts.service import runs as payout_runs
from marketplace.payouts.service.transitions import AnotherIsOpen, transition_payout
from tests.factories import a_coach, a_person
from tests.queue import waiting
from tests.settings import change


@pytest.fixture
def payable():
    """A coach with a bank and earnings in the ledger, without a Stripe behind them."""

    def payable(handle, cents=10800, currency="usd", ready=True, **changes):
        coach = a_coach(handle, **changes)
        session().add(ConnectedAccount(coach_id=coach.id, country="DE", stripe_id=f"acct_{handle}", ready=ready))
        earned(coach, cents, currency)
        return coach

    return payable


def earned(coach, cents, currency="usd"):
    post(
        f"test:{uuid7()}",
        debit="sessions_owed" if cents > 0 else account_of_coach(coach.id),
        credit=account_of_coach(coach.id) if cents > 0 else "sessions_owed",
        cents=abs(cents),
        currency=currency,
        subject_id=uuid7(),
    )
    session().commit()


@pytest.fixture
def two_people_above():
    def above(amount):
        change(payout_two_people_above=Amounts(Decimal(amount)))

    return above


def reasons(alma):
    return {(payable.handle, payable.currency): payable.reason for payable in payable_queries.payables(alma)}


def states(run):
    return {payout.coach.handle: payout.status for payout in run.payouts}


def test_everybody_who_is_due_gets_one_payout_in_each_currency(alma, payable):
    ada = payable("ada")
    earned(ada, 5000, "eur")
    payable("grace", 3000)
    run = payout_runs.propose_run(alma)
    assert [
        (p.coach.handle, p.amount_cents, p.currency) for p in sorted(run.payouts, key=lambda p: -p.amount_cents)
    ] == [
        ("ada", 10800, "usd"),
        ("ada", 5000, "eur"),
        ("grace", 3000, "usd"),
    ]


def test_who_is_left_out_is_named_with_the_reason(alma, payable, moment):
    payable("ada")
    payable("small", 1999)
    payable("suspended", status="suspended")
    payable("unready", ready=False)
    nobank = a_coach("nobank")
    earned(nobank, 9000)
    debtor = payable("debtor", 500)
    earned(debtor, -700)
    even = payable("even", 500)
    earned(even, -500)
    assert reasons(alma) == {
        ("ada", "usd"): None,
        ("debtor", "usd"): of_money(DEBT, 200, "usd"),
        ("even", "usd"): Reason(NOTHING),
        ("nobank", "usd"): Reason(NO_BANK),
        ("small", "usd"): of_money(BELOW_MINIMUM, 2000, "usd"),
        ("suspended", "usd"): Reason(SUSPENDED),
        ("unready", "usd"): Reason(BANK_NOT_READY),
    }
    assert states(payout_runs.propose_run(alma)) == {"ada": payout_states.PROPOSED}
    assert reasons(alma)[("ada", "usd")] == Reason(UNDER_WAY)


def test_a_small_sum_goes_when_its_oldest_cent_is_a_month_old(alma, payable, moment):
    grace = payable("grace", 1000)
    moment.advance(days=20)
    earned(grace, -999)
    earned(grace, 400)
    moment.advance(days=10)
    assert reasons(alma)[("grace", "usd")] is None
    # The last old cent has left: what remains is ten days old.
    earned(grace, -1)
    assert reasons(alma)[("grace", "usd")] == of_money(BELOW_MINIMUM, 2000, "usd")
    moment.advance(days=20)
    assert reasons(alma)[("grace", "usd")] is None


def test_a_payout_that_came_back_does_not_make_money_young_again(alma, payable, moment):
    grace = payable("grace", 1000)
    fact = {"cents": 1000, "currency": "usd", "subject_id": uuid7()}
    moment.advance(days=20)
    post("sent", debit=account_of_coach(grace.id), credit="in_transit", **fact)
    moment.advance(days=10)
    post("returned", debit="in_transit", credit=account_of_coach(grace.id), **fact)
    session().commit()
    assert reasons(alma)[("grace", "usd")] is None


def test_nobody_due_is_no_run(alma, payable):
    payable("small", 100)
    with pytest.raises(payout_runs.NothingPayable):
        payout_runs.propose_run(alma)
    assert run_queries.runs(alma) == []


def test_a_second_proposal_takes_only_what_is_new(alma, bert, payable):
    payable("ada")
    first = payout_runs.propose_run(alma)
    payable("grace")
    second = payout_runs.propose_run(bert)
    assert (states(first), states(second)) == ({"ada": "proposed"}, {"grace": "proposed"})
    assert run_queries.runs(alma) == [second, first]
    assert run_queries.runs(alma, before=second.id) == [first]
    assert run_queries.people_of([first, second]) == {alma.id: "Alma", bert.id: "Bert"}


def test_a_race_between_two_proposals_leaves_one_payout(alma, payable):
    payable("ada")
    (due,) = payable_queries.all_payables()
    payout_runs.propose_run(alma)
    late = PayoutRun(id=uuid7(), proposed_by=alma.id)
    session().add(late)
    session().flush()
    assert runs._propose(late, due) is False


def test_a_large_run_is_approved_by_somebody_else(alma, bert, payable, two_people_above):
    two_people_above(100)
    payable("ada")
    run = payout_runs.propose_run(alma)
    with pytest.raises(payout_runs.FourEyes):
        payout_runs.approve_run(alma, run_id=run.id)
    assert states(run_queries.run(alma, run.id)) == {"ada": "proposed"}
    approved = payout_runs.approve_run(bert, run_id=run.id)
    assert (approved.approved_by, states(approved)) == (bert.id, {"ada": "approved"})
    assert waiting() == ["send_payout"]
    assert [entry.action for entry in timeline_of(run.id)] == ["payout_run.proposed", "payout_run.approved"]


def test_what_a_large_run_needs_is_asked_before_it_is_approved_only(alma, payable, two_people_above):
    two_people_above(100)
    payable("ada")
    run = payout_runs.propose_run(alma)
    assert states(payout_runs.cancel_run(alma, run_id=run.id)) == {"ada": "cancelled"}


def test_a_run_up_to_the_threshold_needs_one_person(alma, payable, two_people_above):
    two_people_above(108)
    payable("ada")
    run = payout_runs.propose_run(alma)
    assert states(payout_runs.approve_run(alma, run_id=run.id)) == {"ada": "approved"}


def test_approving_twice_or_after_cancelling_is_refused(alma, bert, payable):
    payable("ada")
    run = payout_runs.propose_run(alma)
    payout_runs.approve_run(alma, run_id=run.id)
    with pytest.raises(payout_runs.AlreadyApproved):
        payout_runs.approve_run(bert, run_id=run.id)
    payout_runs.cancel_run(bert, run_id=run.id)
    with pytest.raises(payout_runs.RunCancelled):
        payout_runs.approve_run(bert, run_id=run.id)
    with pytest.raises(payout_runs.NothingToCancel):
        payout_runs.cancel_run(bert, run_id=run.id)


def test_a_balance_that_fell_after_the_proposal_fails_its_payout_alone(alma, payable):
    ada = payable("ada")
    payable("grace")
    run = payout_runs.propose_run(alma)
    earned(ada, -1)
    assert states(payout_runs.approve_run(alma, run_id=run.id)) == {"ada": "failed", "grace": "approved"}
    failed = next(p for p in run.payouts if p.coach_id == ada.id)
    assert failed.reason == of_money(NOT_COVERED, 10799, "usd")
    assert waiting() == ["send_payout"]
    with pytest.raises(Conflict, match="has fallen"):
        payout_runs.retry_payout(alma, payout_id=failed.id)
    assert reasons(alma)[("ada", "usd")] is None


def test_a_cancelled_run_leaves_the_balance_for_the_next(alma, payable):
    payable("ada")
    run = payout_runs.propose_run(alma)
    assert states(payout_runs.cancel_run(alma, run_id=run.id)) == {"ada": "cancelled"}
    assert reasons(alma)[("ada", "usd")] is None
    assert states(payout_runs.propose_run(alma)) == {"ada": "proposed"}


def test_a_failed_payout_is_tried_again_unless_another_carries_its_money(alma, payable):
    ada = payable("ada")
    (payout,) = payout_runs.approve_run(alma, run_id=payout_runs.propose_run(alma).id).payouts
    transition_payout(payout, payout_states.SENDING)
    transition_payout(payout, payout_states.FAILED, reason=in_words(STRIPE_SAID, "No such destination."))
    session().commit()
    other = payout_runs.propose_run(alma)
    with pytest.raises(AnotherIsOpen):
        payout_runs.retry_payout(alma, payout_id=payout.id)
    payout_runs.cancel_run(alma, run_id=other.id)
    again = payout_runs.retry_payout(alma, payout_id=payout.id)
    assert (again.status, again.reason) == (payout_states.APPROVED, None)
    assert waiting().count("send_payout") == 1
    again.status = payout_states.SENDING
    session().commit()
    earned(ada, -10800)
    assert payout_runs.retry_payout(alma, payout_id=payout.id).status == payout_states.SENDING


def test_what_has_ended_is_not_tried_again(alma, payable):
    payable("ada")
    run = payout_runs.cancel_run(alma, run_id=payout_runs.propose_run(alma).id)
    with pytest.raises(payout_runs.NothingToRetry):
        payout_runs.retry_payout(alma, payout_id=run.payouts[0].id)


def test_only_admins_touch_runs(alma, payable):
    ada, mia = payable("ada"), a_person("Mia")
    run = payout_runs.propose_run(alma)
    for person in (mia, ada.user):
        with pytest.raises(NotAllowed):
            payout_runs.propose_run(person)
        for command in (payout_runs.approve_run, payout_runs.cancel_run):
            with pytest.raises(NotFound):
                command(person, run_id=run.id)
        with pytest.raises(NotFound):
            payout_runs.retry_payout(person, payout_id=run.payouts[0].id)
        for read in (payable_queries.payables, run_queries.runs):
            with pytest.raises(NotFound):
                read(person)
        with pytest.raises(NotFound):
            run_queries.run(person, run.id)
    with pytest.raises(NotFound):
        payout_runs.approve_run(alma, run_id=uuid7())
    with pytest.raises(NotFound):
        payout_runs.retry_payout(alma, payout_id=uuid7())


def test_a_coach_sees_what_is_payable_and_what_was_sent(alma, payable):
    ada = payable("ada")
    earned(ada, 300, "eur")
    (payout,) = payout_runs.approve_run(alma, run_id=payout_runs.propose_run(alma).id).payouts
    payout.status = payout_states.PAID
    session().commit()
    found = earning_queries.earnings_of(ada)
    assert (found.payable, found.waiting, found.paid_out) == ({"usd": 10800, "eur": 300}, {}, {"usd": 10800})
    assert found.payouts == [payout]
    assert run_queries.counts() == {"paid": 1}
