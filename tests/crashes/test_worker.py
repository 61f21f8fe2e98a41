"""The worker as a process: jobs that fail are tried again, beside one that waits under the same name."""

import pytest
from sqlalchemy import text

from marketplace.db import session, transactional
from marketplace.jobs import enqueue
from tests.crashes.conftest import eventually
from tests.factories import a_person

pytestmark = [pytest.mark.real, pytest.mark.slow]


@transactional
def wish(**args):
    enqueue("settle_payment", once="settle:one", **args)


def statuses():
    session().commit()
    rows = session().execute(text("select status::text from procrastinate_jobs where task_name = 'settle_payment'"))
    return sorted(status for (status,) in rows)


def test_a_job_that_fails_while_another_of_its_name_waits_is_tried_again(house):
    nobody = a_person().id
    wish(payment_id=str(nobody))
    house.worker()
    tried = "select attempts from procrastinate_jobs where task_name = 'settle_payment' order by id limit 1"

    def was_tried():
        session().commit()
        return session().scalar(text(tried)) >= 1

    eventually(was_tried)
    wish(payment_id=str(nobody))
    assert len(statuses()) == 2
    eventually(lambda: statuses() == ["todo", "todo"] and session().scalar(text(tried)) >= 2)
