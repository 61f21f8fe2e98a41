"""An admin's pages ask as much of the database however much there is, and read only what they show."""

import pytest

from marketplace.db import session, uuid7
from marketplace.ledger.rules import coach
from marketplace.ledger.service.postings import post
from marketplace.payments.models import Refund
from marketplace.payouts.models import Payout, PayoutRun
from marketplace.payouts.queries import payables
from tests.factories import a_booking
from tests.pages.test_coach_pages_at_scale import statements
from tests.scenes import TEN


def asked_by(browser, path):
    """The statements of a page that is opened."""
    with statements() as seen:
        assert browser.get(path).status_code == 200
    return [statement for statement, _ in seen]


def ran(number, ada):
    """So many runs of one payout each."""
    for _ in range(number):
        run = PayoutRun(id=uuid7())
        session().add(run)
        session().flush()
        session().add(Payout(run_id=run.id, coach_id=ada.id, amount_cents=100, currency="usd", status="paid"))
    session().commit()


def test_the_page_of_payouts_reads_the_runs_it_shows_and_the_file_has_all(alma, ada, browser_of):
    ran(45, ada)
    browser = browser_of(alma)
    asked = asked_by(browser, "/admin/payouts")
    assert sum("FROM payout_runs" in each for each in asked) == 1
    assert len(browser.get("/admin/payouts?format=csv").get_data(as_text=True).splitlines()) == 1 + 45


def test_refunds_that_failed_take_as_many_statements_for_six_as_for_two(alma, mia, offering, stripe, browser_of):
    payment = a_booking(mia, offering, TEN, stripe).payment
    browser, counted = browser_of(alma), []
    for numbers in (range(2), range(2, 6)):
        for number in numbers:
            fact = {"payment_id": payment.id, "key": f"failed-{number}", "reason": "cancelled", "status": "failed"}
            session().add(Refund(amount_cents=100 + number, **fact))
        session().commit()
        counted.append(len(asked_by(browser, "/admin/refunds")))
    assert counted[0] == counted[1]


@pytest.mark.parametrize(("cents", "read"), [(500, True), (50_000, False)])
def test_what_a_coach_ever_earned_is_read_only_where_its_age_decides(ada, cents, read):
    fact = {"currency": "usd", "subject_id": uuid7()}
    post(f"test:{uuid7()}", debit="sessions_owed", credit=coach(ada.id), cents=cents, **fact)
    session().commit()
    with statements() as seen:
        (found,) = payables.all_payables()
    assert (found.balance_cents, found.reason.code) == (cents, "below_minimum" if read else "no_bank")
    assert any("OVER (PARTITION BY" in statement for statement, _ in seen) is read
