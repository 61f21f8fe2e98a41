"""What is closed is summed once, whatever commits late; whoever reads a balance sees no difference."""

import threading
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from marketplace import clock
from marketplace.db import db, session, transactional, uuid7
from marketplace.ledger.queries import balances as balance_queries
from marketplace.ledger.queries import consistency as ledger_consistency
from marketplace.ledger.queries import months as month_queries
from marketplace.ledger.queries import statements as statement_queries
from marketplace.ledger.service.closings import check_ledger, close_ledger, close_through, settled_through, sum_anew
from marketplace.ledger.service.postings import post

COACH = "coach:01954000-0000-7000-8000-000000000001"


@transactional
def booked(key, debit="stripe", credit="sessions_owed", cents=12000, currency="usd"):
    return post(key, debit=debit, credit=credit, cents=cents, currency=currency, subject_id=uuid7(), source=key)


def a_session(n, currency="usd"):
    """What one session books from paid to released."""
    booked(f"paid:{n}", "stripe", "sessions_owed", 12000, currency)
    booked(f"stripe-fee:{n}", "stripe_fees", "stripe", 378, currency)
    booked(f"release-coach:{n}", "sessions_owed", COACH, 10800, currency)
    booked(f"release-fee:{n}", "sessions_owed", "revenue", 1200, currency)


def everything():
    """All that anybody reads of the ledger's sums."""
    return (
        balance_queries.balances(),
        [balance_queries.balance(name, "usd") for name in ("stripe", "sessions_owed", COACH, "nobody")],
        [month_queries.month(date(2027, month, 1)) for month in (2, 3, 4)],
        balance_queries.accounts(),
        statement_queries.statement("stripe", "usd", first=date(2027, 3, 1), last=date(2027, 3, 31)),
    )


def test_closing_changes_nothing_that_anybody_reads(moment):
    a_session(1)
    moment.advance(days=31)
    a_session(2)
    a_session(3, "jpy")
    before = everything()
    close_ledger()
    assert balance_queries.closed_through() > 0
    assert everything() == before
    assert ledger_consistency.sums_that_differ() == []
    a_session(4)
    moment.advance(days=1)
    after = everything()
    close_ledger()
    assert everything() == after
    assert ledger_consistency.sums_that_differ() == []


def test_an_entry_of_a_day_that_was_closed_before_makes_it_grow(moment):
    a_session(1)
    close_ledger()
    now = clock.now()
    moment.advance(days=2)
    a_session(2)
    moment.set(now)
    a_session(3)
    moment.advance(days=3)
    close_ledger()
    assert ledger_consistency.sums_that_differ() == []
    (stripe,) = [line for line in month_queries.month(date(2027, 3, 1)) if line.kind == "stripe"]
    assert (stripe.debit_cents, stripe.credit_cents, stripe.closing_cents, stripe.entries) == (36000, 1134, 34866, 6)


def test_a_closing_is_made_once_however_often_it_is_asked_for():
    close_ledger()
    assert balance_queries.closed_through() == 0
    a_session(1)
    through = settled_through()
    assert close_through(through) is True
    assert close_through(through) is False
    assert balance_queries.balance(COACH, "usd") == 10800
    a_session(2)
    close_ledger()
    assert balance_queries.closed_through() == through


def test_sums_that_were_tampered_with_are_named_and_made_anew(caplog):
    a_session(1)
    close_ledger()
    session().execute(
        text("update ledger_closed_balances set credit_cents = credit_cents + 5 where credit_cents = 1200")
    )
    session().execute(text("delete from ledger_closed_months where kind = 'stripe'"))
    session().execute(text("update ledger_closed_days set entries = entries + 1 where debit_cents = 378"))
    session().commit()
    assert [(each.sums, each.place) for each in ledger_consistency.sums_that_differ()] == [
        ("balances", "revenue usd"),
        ("days", "stripe_fees usd 2027-03-01"),
        ("months", "2027-03-01 stripe usd"),
    ]
    assert ledger_consistency.sums_that_differ()[0].spoken() == (
        "balances of revenue usd: kept 0 debit and 1205 credit, entries come to 0 and 1200"
    )
    check_ledger()
    sum_anew()
    assert ledger_consistency.sums_that_differ() == []
    check_ledger()


@pytest.mark.parametrize(
    "sql",
    [
        f"{change} {table}{rest}"
        for table, rest in (("ledger_accounts", " set name = 'x'"), ("ledger_closings", " set through_seq = 1"))
        for change, rest in (("update", rest), ("delete from", ""), ("truncate", " cascade"))
    ],
)
def test_accounts_and_closings_stay_as_they_are_for_the_owner_too(sql):
    a_session(1)
    close_ledger()
    with pytest.raises(Exception, match="append-only"):
        session().execute(text(sql))
    session().rollback()


@pytest.mark.real
def test_an_entry_that_commits_late_is_in_no_sum_before_it_is_there(real_app):
    with real_app.app_context(), db.engine.connect() as slow:
        a_session(1)
        # Numbered first, committed last: its `seq` and its time are lower than those of what is closed meanwhile.
        slow.execute(
            text(
                "insert into ledger_entries (id, key, debit_id, credit_id, cents, currency, subject_id, booked_at) "
                "select gen_random_uuid(), 'late', debit_id, credit_id, 500, currency, gen_random_uuid(), booked_at "
                "from ledger_entries where key = 'paid:1'"
            )
        )
        a_session(2)
        assert settled_through() is None
        close_ledger()
        assert balance_queries.closed_through() == 0
        slow.commit()
        close_ledger()
        assert balance_queries.closed_through() > 0
        assert balance_queries.balance("stripe", "usd") == 2 * (12000 - 378) + 500
        assert ledger_consistency.sums_that_differ() == []


def test_a_database_in_trouble_is_not_taken_for_a_busy_one(monkeypatch):
    impatient = text("select set_config('statement_timeout', '1ms', true), pg_sleep(1)")
    session().execute(text("set local statement_timeout = '50ms'"))
    monkeypatch.setattr("marketplace.ledger.service.closings.PATIENCE", impatient)
    with pytest.raises(OperationalError, match="statement timeout"):
        settled_through()
    session().rollback()


@pytest.mark.real
def test_while_writers_write_nothing_is_lost_or_counted_twice(real_app):
    wrong = []

    def write(writer):
        with real_app.app_context():
            for n in range(25):
                booked(f"paid:{writer}:{n}", cents=100)
                # Each writer's own money is there from its commit on, closed or not.
                if balance_queries.balance("stripe", "usd") < 100 * (n + 1):
                    wrong.append((writer, n))

    threads = [threading.Thread(target=write, args=[writer]) for writer in range(6)]
    with real_app.app_context():
        for thread in threads:
            thread.start()
        closings = 0
        while any(thread.is_alive() for thread in threads):
            through = settled_through()
            closings += bool(through is not None and close_through(through))
        for thread in threads:
            thread.join()
        assert wrong == []
        assert closings > 1
        assert (
            balance_queries.balance("stripe", "usd") == balance_queries.balance("sessions_owed", "usd") == 6 * 25 * 100
        )
        assert ledger_consistency.sums_that_differ() == []


@pytest.mark.real
def test_two_who_close_at_once_sum_each_entry_once(real_app):
    with real_app.app_context():
        a_session(1)
        through = settled_through()
    done = []

    def close():
        with real_app.app_context():
            done.append(close_through(through))

    threads = [threading.Thread(target=close) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False, False, False, True]
    with real_app.app_context():
        assert ledger_consistency.sums_that_differ() == []
