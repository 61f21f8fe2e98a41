"""Reconciliations are kept, differences told once and shown with what each is about."""

from datetime import timedelta

import pytest

from marketplace import clock
from marketplace.db import session, uuid7
from marketplace.errors import NotFound, Unavailable
from marketplace.invariants import queries as invariant_queries
from marketplace.ledger.service.postings import post
from marketplace.payments import queries as payments
from marketplace.reconciliation import queries, service
from marketplace.sweeps import queries as sweep_queries
from tests.factories import a_booking
from tests.invariants.conftest import DAY
from tests.queue import waiting


def a_wrong_row(source, subject_id=None, cents=300):
    values = {"cents": cents, "currency": "usd", "subject_id": subject_id or uuid7(), "source": source}
    post(f"wrong:{source}", debit="stripe", credit="revenue", **values)
    session().commit()


def latest(admin):
    return queries.reconciliations(admin)[0]


def test_each_night_the_ledger_is_reconciled_and_the_result_kept(alma, paid, run_jobs):
    service.reconcile_nightly()
    run_jobs()
    found = latest(alma)
    assert (found.agrees, found.compared, found.differences, found.asked_by) == (True, 1, [], None)


def test_a_difference_is_told_once_and_named_with_its_session(alma, paid, mailbox, run_jobs):
    a_wrong_row(charge_of(paid))
    for _ in range(2):
        service.reconcile_nightly()
        run_jobs()
    mails = [mail for mail in mailbox.to(alma.email) if mail["Subject"] == "Our books and Stripe's differ"]
    assert len(mails) == 1
    assert "difference 3.00 USD" in mails[0].get_body(("plain",)).get_content()
    (difference,) = queries.differences_of(latest(alma))
    assert (difference.row.cents, difference.about) == (300, paid.id)
    a_wrong_row("ch_another")
    service.reconcile_nightly()
    run_jobs()
    mails = [mail for mail in mailbox.to(alma.email) if mail["Subject"] == "Our books and Stripe's differ"]
    assert "ch_another" in mails[1].get_body(("plain",)).get_content()


def charge_of(booking):
    session().refresh(booking, ["payment"])
    return booking.payment.charge_id


def test_a_stripe_that_does_not_answer_leaves_it_to_be_tried_again(alma, stripe):
    asked = service.request_reconciliation(alma)
    assert waiting() == ["run_reconciliation"]
    stripe.fault("/v1/balance_transactions", "drop_before", times=5)
    with pytest.raises(Unavailable):
        service.run_reconciliation(str(asked.id))
    assert (latest(alma).failure is not None, latest(alma).agrees) == (True, False)
    stripe.reset()
    service.run_reconciliation(str(asked.id))
    assert (latest(alma).failure, latest(alma).agrees) == (None, True)
    when = latest(alma).finished_at
    service.run_reconciliation(str(asked.id))
    assert latest(alma).finished_at == when


def test_programs_read_them_page_by_page(alma, run_jobs):
    for _ in range(2):
        service.reconcile_nightly()
        run_jobs()
    last, first = queries.reconciliations(alma)
    assert [each.id for each in queries.reconciliations(alma, before=last.id)] == [first.id]


def test_only_admins_ask_and_read(alma, mia):
    asked = service.request_reconciliation(alma, everything=True)
    assert asked.since is None
    for refused in (
        lambda: service.request_reconciliation(mia),
        lambda: queries.reconciliations(mia),
        lambda: queries.reconciliation(mia, asked.id),
        lambda: sweep_queries.sweeps(mia),
        lambda: invariant_queries.statuses(mia),
    ):
        with pytest.raises(NotFound):
            refused()


def test_reconciliation_names_a_wrong_row(mia, offering, stripe):
    booking = a_booking(mia, offering, DAY + timedelta(hours=10), stripe)
    charge = payments.one(booking.payment_id).charge_id
    assert service.reconcile().agrees
    fact = {"debit": "stripe", "credit": "revenue", "cents": 1, "currency": "usd", "subject_id": booking.id}
    post("wrong", **fact, source=charge)
    post("worse", **fact | {"cents": 500}, source="ch_invented")
    session().commit()
    report = service.reconcile()
    found = [(line.source, line.ledger_cents, line.stripe_cents) for line in report.differences]
    assert sorted(found) == sorted([(charge, 11623, 11622), ("ch_invented", 500, 0)])
    assert report.totals == {"usd": 501}


def test_reconciliation_of_a_period_compares_what_either_booked_in_it(mia, offering, stripe, moment):
    a_booking(mia, offering, DAY + timedelta(hours=10), stripe)
    post("wrong", debit="stripe", credit="revenue", cents=1, currency="usd", subject_id=mia.id, source="ch_old")
    session().commit()
    moment.advance(days=20)
    since = clock.now() - timedelta(days=1)
    assert (service.reconcile(since).agrees, service.reconcile(since).compared) == (True, 0)
    other = a_booking(mia, offering, clock.now().replace(hour=10, minute=0) + timedelta(days=2), stripe)
    post("again", debit="stripe", credit="revenue", cents=2, currency="usd", subject_id=other.id, source="ch_new")
    session().commit()
    report = service.reconcile(since)
    assert (report.compared, [line.source for line in report.differences]) == (2, ["ch_new"])
