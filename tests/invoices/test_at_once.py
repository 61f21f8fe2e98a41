"""Many payments of one coach at once, for real: one document each, no number twice, none left out."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from marketplace import clock
from marketplace.db import session, transactional, uuid7
from marketplace.invoices import queries, rules
from marketplace.invoices.models import Invoice, InvoiceSeries
from marketplace.invoices.service import issuance
from marketplace.invoices.service.numbering import write
from marketplace.payments.models import Payment
from tests.factories import a_coach, a_person

pytestmark = pytest.mark.real

MANY = 8


def a_paid_payment(mia):
    """Paid for something that is no session: what matters here is the number."""
    payment = Payment(
        id=uuid7(),
        payer_id=mia.id,
        subject_id=uuid7(),
        description="Something",
        amount_cents=1000,
        currency="usd",
        manual_capture=False,
        status="paid",
        return_url="http://localhost/",
        checkout_expires_at=clock.now(),
        paid_at=clock.now(),
    )
    session().add(payment)
    session().commit()
    return str(payment.id)


def all_at_once(real_app, work, count):
    gate = Barrier(count)

    def run(number):
        with real_app.app_context():
            gate.wait()
            return work(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))


def test_two_messages_at_once_make_one_document(real_app, moment):
    with real_app.app_context():
        payment_id = a_paid_payment(a_person("Mia"))
    all_at_once(real_app, lambda _: issuance.issue_invoices(payment_id), MANY)
    with real_app.app_context():
        assert session().scalars(select(Invoice.label)).all() == ["F-00001"]


def test_a_number_taken_in_vain_is_taken_by_the_next(real_app, moment):
    with real_app.app_context():
        ada, mia = a_coach("ada"), a_person("Mia")
        mias = mia.id

    class Crash(Exception):
        """Between the document and the commit."""

    @transactional
    def issue(number):
        line = rules.InvoiceLine("A session", "", 1000, 0, 1000)
        seller = session().merge(ada, load=False)
        write(
            key=f"fact:{number}",
            kind=rules.INVOICE,
            seller=seller,
            buyer=session().merge(mia, load=False),
            currency="usd",
            content=rules.content(
                rules.InvoiceParty("Ada"), rules.InvoiceParty("Mia"), [line], notes=[], basis_points=None
            ),
        )
        if number % 2:
            raise Crash

    def work(number):
        try:
            issue(number)
        except Crash:
            return False
        return True

    done = all_at_once(real_app, work, MANY)
    assert done.count(True) == MANY // 2
    with real_app.app_context():
        numbers = session().scalars(select(Invoice.number).where(Invoice.buyer_id == mias)).all()
        assert sorted(numbers) == list(range(1, MANY // 2 + 1))
        assert session().scalars(select(InvoiceSeries.last_number)).one() == MANY // 2


def test_many_payments_at_once_are_numbered_without_a_gap(real_app, moment):
    with real_app.app_context():
        mia = a_person("Mia")
        paid = [a_paid_payment(mia) for _ in range(MANY)]
    all_at_once(real_app, lambda number: issuance.issue_invoices(paid[number]), MANY)
    with real_app.app_context():
        labels = [invoice.label for payment_id in paid for invoice in queries.of_payment(payment_id)]
        assert sorted(labels) == [rules.label("F", number) for number in range(1, MANY + 1)]
