"""Every cent once, in one currency, for ever."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from marketplace.db import session, transactional, uuid7
from marketplace.ledger import rules
from marketplace.ledger.queries import balances as balance_queries
from marketplace.ledger.queries import entries as entry_queries
from marketplace.ledger.service.postings import post, post_all

BOOKING = uuid7()


@transactional
def booked(key, debit, credit, cents, currency="usd", source=None):
    return post(key, debit=debit, credit=credit, cents=cents, currency=currency, subject_id=BOOKING, source=source)


def test_a_fact_is_booked_once_however_often_it_is_told():
    assert booked("paid:1", rules.STRIPE, rules.SESSIONS_OWED, 12000) is True
    assert booked("paid:1", rules.STRIPE, rules.SESSIONS_OWED, 12000) is False
    assert balance_queries.balances() == {("stripe", "usd"): 12000, ("sessions_owed", "usd"): 12000}


def test_nothing_is_booked_for_nothing():
    assert booked("fee:1", rules.STRIPE_FEES, rules.STRIPE, 0) is False
    assert entry_queries.entries() == []


PAID = rules.Posting("paid:1", rules.STRIPE, rules.SESSIONS_OWED, 12000)
NO_TAX = rules.Posting("paid-tax:1", rules.STRIPE, rules.TAX_OWED, 0)
FEE = rules.Posting("stripe-fee:1", rules.STRIPE_FEES, rules.STRIPE, 378)


@transactional
def booked_together(*postings, currency="usd"):
    return post_all(postings, currency=currency, subject_id=BOOKING, source="ch_1")


def test_what_happened_together_is_booked_in_its_order_without_what_moves_nothing():
    assert booked_together(PAID, NO_TAX, FEE) == 2
    lines = list(reversed(entry_queries.entries()))
    assert [(line.key, line.debit, line.credit, line.cents, line.source) for line in lines] == [
        (*PAID, "ch_1"),
        (*FEE, "ch_1"),
    ]
    assert len({line.booked_at for line in lines}) == 1
    assert session().scalars(text("select key from ledger_entries order by seq")).all() == [PAID.key, FEE.key]
    assert booked_together(NO_TAX) == 0
    assert balance_queries.balance(rules.STRIPE, "usd") == 11622


@pytest.mark.parametrize("before", [(PAID,), (FEE,), (PAID, FEE)])
def test_what_is_booked_already_is_left_out_of_what_is_booked_together(before):
    booked_together(*before)
    assert booked_together(PAID, FEE) == 2 - len(before)
    assert booked_together(PAID, FEE) == 0
    assert balance_queries.balances() == {
        ("stripe", "usd"): 11622,
        ("sessions_owed", "usd"): 12000,
        ("stripe_fees", "usd"): 378,
    }


def test_a_fact_that_is_told_twice_in_one_breath_is_booked_once():
    assert booked_together(PAID, PAID) == 1
    assert balance_queries.balance(rules.STRIPE, "usd") == 12000


def test_nothing_of_what_happened_together_is_booked_where_one_part_is_refused():
    with pytest.raises(IntegrityError, match="cents_positive"):
        booked_together(PAID, rules.Posting("bad", rules.STRIPE, rules.REVENUE, -1))
    assert entry_queries.entries() == []


def test_each_currency_has_accounts_of_its_own():
    booked("paid:1", rules.STRIPE, rules.SESSIONS_OWED, 12000, "usd")
    booked("paid:2", rules.STRIPE, rules.SESSIONS_OWED, 500, "jpy")
    assert balance_queries.balance(rules.STRIPE, "usd") == 12000
    assert balance_queries.balance(rules.STRIPE, "jpy") == 500
    assert balance_queries.balance(rules.STRIPE, "eur") == 0


def test_balances_have_the_sign_that_people_expect():
    coach = rules.coach(uuid7())
    booked("paid:1", rules.STRIPE, rules.SESSIONS_OWED, 12000)
    booked("fee:1", rules.STRIPE_FEES, rules.STRIPE, 378)
    booked("release:1", rules.SESSIONS_OWED, coach, 10800)
    booked("release-fee:1", rules.SESSIONS_OWED, rules.REVENUE, 1200)
    assert balance_queries.balances() == {
        ("stripe", "usd"): 11622,
        ("stripe_fees", "usd"): 378,
        ("sessions_owed", "usd"): 0,
        (coach, "usd"): 10800,
        ("revenue", "usd"): 1200,
    }
    assert balance_queries.balance(coach, "usd") == 10800


@pytest.mark.parametrize(
    "sql",
    [
        "update ledger_entries set cents = 1",
        "delete from ledger_entries",
        "truncate ledger_entries cascade",
        "update audit_entries set action = 'x'",
        "delete from audit_entries",
    ],
)
def test_what_is_written_stays_written(sql):
    booked("paid:1", rules.STRIPE, rules.SESSIONS_OWED, 12000)
    with pytest.raises(IntegrityError, match="append-only"):
        session().execute(text(sql))
    session().rollback()


@pytest.mark.parametrize(
    ("cents", "debit", "credit", "constraint"),
    [(-5, "stripe", "revenue", "cents_positive"), (5, "stripe", "stripe", "two_accounts")],
)
def test_postgresql_refuses_what_is_no_entry(cents, debit, credit, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        booked("bad", debit, credit, cents)


def test_an_entry_cannot_join_accounts_of_two_currencies():
    booked("a", "stripe", "revenue", 5, "usd")
    booked("b", "stripe", "revenue", 5, "eur")
    mixed = """
        insert into ledger_entries (id, key, debit_id, credit_id, cents, currency, subject_id, booked_at)
        select gen_random_uuid(), 'mixed', u.id, e.id, 5, 'usd', gen_random_uuid(), now()
        from ledger_accounts u, ledger_accounts e
        where u.currency = 'usd' and u.name = 'stripe' and e.currency = 'eur' and e.name = 'revenue'
    """
    with pytest.raises(IntegrityError, match="ledger_entries_credit_fkey"):
        session().execute(text(mixed))
    session().rollback()


def test_lines_are_found_by_account_and_by_subject_newest_first_in_pages():
    for n in range(5):
        booked(f"paid:{n}", rules.STRIPE, rules.SESSIONS_OWED, 100 + n)
    booked("other", rules.REVENUE, rules.SESSIONS_OWED, 7)
    assert [line.cents for line in entry_queries.entries(account=rules.STRIPE, limit=2)] == [104, 103]
    second = entry_queries.entries(
        account=rules.STRIPE, limit=2, before=entry_queries.entries(account=rules.STRIPE, limit=2)[-1].id
    )
    assert [line.cents for line in second] == [102, 101]
    assert len(entry_queries.entries(subject_ids=[BOOKING])) == 6
    assert entry_queries.entries(subject_ids=[uuid7()]) == []


def test_what_each_of_stripes_objects_moved_is_net_of_its_fee():
    booked("paid:1", rules.STRIPE, rules.SESSIONS_OWED, 12000, source="ch_1")
    booked("fee:1", rules.STRIPE_FEES, rules.STRIPE, 378, source="ch_1")
    booked("refund:1", rules.SESSIONS_OWED, rules.STRIPE, 6000, source="re_1")
    booked("release", rules.SESSIONS_OWED, rules.REVENUE, 600)
    assert entry_queries.stripe_net_by_source() == {("ch_1", "usd"): 11622, ("re_1", "usd"): -6000}
