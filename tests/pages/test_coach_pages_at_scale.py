"""A coach of many years: each list reads its own index, whatever else the tables hold."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event, text

from marketplace.bookings.mentees import queries as mentees
from marketplace.db import session, uuid7
from marketplace.ledger.rules import coach
from marketplace.ledger.service.postings import post
from marketplace.payouts.queries import earning_lines, yearly_summaries


@contextmanager
def statements():
    """What is asked of the database meanwhile, with its values."""
    seen, engine = [], session().get_bind().engine

    def note(_connection, _cursor, statement, parameters, *_more):
        if statement.lstrip().lower().startswith("select"):
            seen.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def plan_of(read):
    """How PostgreSQL would do it in tables too large to be read whole."""
    with statements() as seen:
        read()
    connection = session().connection()
    connection.execute(text("set local enable_seqscan = off"))
    plans = []
    for statement, parameters in seen:
        plans += [row[0] for row in connection.exec_driver_sql(f"explain {statement}", parameters)]
    return "\n".join(plans)


@pytest.mark.parametrize(
    ("read", "index"),
    [
        (mentees.mentees_of, "bookings_pairs_idx"),
        (lambda coach: list(earning_lines.lines_of(coach, "usd", limit=50)), "ledger_entries_credit_idx"),
        (lambda coach: list(earning_lines.lines_of(coach, "usd", limit=50)), "ledger_entries_debit_idx"),
        (lambda coach: yearly_summaries.year_of(coach, 2027), "bookings_released_idx"),
        (yearly_summaries.years_of, "ledger_entries_credit_idx"),
    ],
)
def test_a_list_of_a_coachs_goes_by_its_index(ada, earned_once, read, index):
    assert index in plan_of(lambda: read(ada))


@pytest.fixture
def earned_once(ada):
    """An account of the coach's, with one entry on either side."""
    fact = {"currency": "usd", "subject_id": uuid7()}
    post(f"test:{uuid7()}", debit="sessions_owed", credit=coach(ada.id), cents=500, **fact)
    post(f"test:{uuid7()}", debit=coach(ada.id), credit="in_transit", cents=100, **fact)
    session().commit()
