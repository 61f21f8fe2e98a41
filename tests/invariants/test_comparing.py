"""The books compared with Stripe's: kept, told once, shown with what each difference is about."""

from datetime import timedelta

import pytest

from marketplace.db import session, uuid7
from marketplace.errors import NotFound, Unavailable
from marketplace.invariants.queries import comparisons as comparison_queries
from marketplace.invariants.queries import results as invariant_results
from marketplace.invariants.queries import sweeps as sweep_queries
from marketplace.invariants.rules import catalog as rules
from marketplace.invariants.service import comparisons, sweeps
from marketplace.ledger.service.postings import post
from tests.factories import a_booking
from tests.invariants.conftest import DAY
from tests.queue import waiting


def a_wrong_row(source, subject_id=None, cents=300):
    values = {"cents": cents, "currency": "usd", "subject_id": subject_id or uuid7(), "source": source}
    post(f"wrong:{source}", debit="stripe", credit="revenue", **values)
    session().commit()


def compared(admin):
    return comparison_queries.comparisons(admin)[0]


def test_each_night_the_books_are_compared_and_kept(alma, paid, run_jobs):
    comparisons.compare_nightly()
    run_jobs()
    found = compared(alma)
    assert (found.agrees, found.compared, found.differences, found.asked_by) == (True, 1, [], None)


def test_a_difference_is_told_once_and_named_with_its_session(alma, paid, mailbox, run_jobs):
    a_wrong_row(charge_of(paid))
    for _ in range(2):
        comparisons.compare_nightly()
        run_jobs()
    mails = [mail for mail in mailbox.to(alma.email) if mail["Subject"] == "Our books and Stripe's differ"]
    assert len(mails) == 1
    assert "difference 3.00 USD" in mails[0].get_body(("plain",)).get_content()
    (difference,) = comparison_queries.differences_of(compared(alma))
    assert (difference.row.cents, difference.about) == (300, paid.id)
    a_wrong_row("ch_another")
    comparisons.compare_nightly()
    run_jobs()
    mails = [mail for mail in mailbox.to(alma.email) if mail["Subject"] == "Our books and Stripe's differ"]
    assert "ch_another" in mails[1].get_body(("plain",)).get_content()


def charge_of(booking):
    session().refresh(booking, ["payment"])
    return booking.payment.charge_id


def test_a_stripe_that_does_not_answer_leaves_it_to_be_tried_again(alma, stripe):
    asked = comparisons.ask_to_compare(alma)
    assert waiting() == ["compare_books"]
    stripe.fault("/v1/balance_transactions", "drop_before", times=5)
    with pytest.raises(Unavailable):
        comparisons.compare_books(str(asked.id))
    assert (compared(alma).failure is not None, compared(alma).agrees) == (True, False)
    stripe.reset()
    comparisons.compare_books(str(asked.id))
    assert (compared(alma).failure, compared(alma).agrees) == (None, True)
    when = compared(alma).finished_at
    comparisons.compare_books(str(asked.id))
    assert compared(alma).finished_at == when


def test_only_admins_ask_and_read(alma, mia):
    asked = comparisons.ask_to_compare(alma, everything=True)
    assert asked.since is None
    for refused in (
        lambda: comparisons.ask_to_compare(mia),
        lambda: comparison_queries.comparisons(mia),
        lambda: comparison_queries.comparison(mia, asked.id),
        lambda: sweep_queries.sweeps(mia),
        lambda: invariant_results.standings(mia),
    ):
        with pytest.raises(NotFound):
            refused()


def test_a_sweep_keeps_what_it_found_and_what_it_could_not_look_for(alma, stripe, mia, offering):
    stripe.add_webhook("http://127.0.0.1:9/nobody", "whsec_platform_of_the_tests")
    stripe.deliver("drop")
    a_booking(mia, offering, DAY + timedelta(hours=10), stripe)
    sweeps.sweep()
    (first,) = sweep_queries.sweeps(alma)
    assert (first.failures, set(first.found)) == ({}, set(rules.SWEPT))
    assert first.found["messages"] > 0
    stripe.fault("/v1/events", "drop_before", times=5)
    sweeps.sweep()
    latest = sweep_queries.sweeps(alma)[0]
    assert set(latest.failures) == {"messages"}
    assert latest.found["refunds"] == 0
