"""Each kind of thing that needs an admin's attention, in the words that the admin reads, and where it leads."""

from datetime import UTC, datetime

import pytest

from marketplace import needs_attention as attention
from marketplace.needs_attention import Item
from marketplace.pages import admin_attention

NINE = datetime(2027, 3, 1, 8, tzinfo=UTC)
AT_NINE = "Mon 1 Mar, 09:00 (Berlin)"
ONE = "019547d2-0000-7000-8000-000000000000"
BOTH = {"eur": 5000, "usd": 21600}


@pytest.fixture
def told(app):
    """What an admin in Berlin reads about one item: its words, what is done about it, and where."""

    def told(kind, **known):
        with app.test_request_context("/admin"):
            line = admin_attention.line(Item(kind, **known), "Europe/Berlin")
        return line.what, line.action, line.address

    return told


@pytest.mark.parametrize(
    ("kind", "known", "words", "action", "address"),
    [
        (
            attention.APPLICATION,
            {"names": ["Ada"]},
            f"Applied to be a coach on {AT_NINE}.",
            "Decide",
            f"/admin/coaches/{ONE}",
        ),
        (
            attention.ACCOUNT_CHANGE,
            {"names": ["Carl"], "said": "remove_admin"},
            "Another admin proposes to remove the admin role of this account.",
            "Agree or refuse",
            f"/admin/people/{ONE}",
        ),
        (
            attention.ACCOUNT_CHANGE,
            {"names": ["Carl"], "said": "deactivate"},
            "Another admin proposes to deactivate this account.",
            "Agree or refuse",
            f"/admin/people/{ONE}",
        ),
        (
            attention.ATTENDANCE,
            {"names": ["Mia", "Ada"], "sums": {"usd": 12000}},
            f"Mia and Ada do not agree on who came. Reported {AT_NINE}. It is about 120.00 USD.",
            "Decide",
            f"/admin/attendance/{ONE}",
        ),
        (
            attention.DISPUTE,
            {"sums": {"usd": 12000}, "said": "One hour of mentoring with Ada"},
            "The bank asks for evidence about 120.00 USD: One hour of mentoring with Ada",
            "Send evidence",
            f"/admin/disputes/{ONE}",
        ),
        (
            attention.REFUND_FAILED,
            {"sums": {"usd": 500}, "said": "No such card."},
            f"A refund of 5.00 USD failed on {AT_NINE}: No such card.",
            "Send again",
            "/admin/refunds",
        ),
        (
            attention.REFUND_HELD,
            {"sums": {"jpy": 500}},
            f"A refund of 500 JPY is on hold since {AT_NINE}: a bank decides a dispute first.",
            "See why",
            f"/admin/ledger/timelines/{ONE}",
        ),
        (
            attention.PAYOUT_FAILED,
            {"names": ["Ada"], "sums": {"usd": 10800}, "said": "No such account."},
            f"A payout of 108.00 USD failed on {AT_NINE}: No such account.",
            "Try again",
            f"/admin/payouts/{ONE}",
        ),
        (
            attention.PAYOUT_WAITING,
            {"names": ["Ada"], "sums": {"usd": 10800}, "said": "Ada has to connect a bank."},
            f"A payout of 108.00 USD waits since {AT_NINE}: Ada has to connect a bank.",
            "Open",
            f"/admin/payouts/{ONE}",
        ),
        (
            attention.REVERSAL_FAILED,
            {"names": ["Ada"], "sums": {"usd": 4000}, "said": "Ada's balance is too low."},
            "40.00 USD of a payout could not be reversed: Ada's balance is too low.",
            "Try again",
            f"/admin/payouts/sent/{ONE}/reverse",
        ),
        (
            attention.INVARIANT,
            {"said": "Every entry has two sides."},
            f"Not true since {AT_NINE}: Every entry has two sides.",
            "See what breaks it",
            "/admin/invariants",
        ),
        (
            attention.RECONCILIATION_MISSING,
            {},
            f"The ledger was last compared with Stripe {AT_NINE}.",
            "Compare now",
            "/admin/reconciliation",
        ),
        (
            attention.WORKER,
            {},
            f"The worker was last heard of {AT_NINE}.",
            "See its jobs",
            "/admin/jobs",
        ),
    ],
)
def test_one_thing_is_told_with_its_amount_time_and_reason(kind, known, words, action, address, told):
    assert told(kind, id=ONE, since=NINE, **known) == (words, action, address)


@pytest.mark.parametrize(
    ("kind", "one", "two", "address"),
    [
        (
            attention.APPLICATION,
            f"1 more application, since {AT_NINE}.",
            f"2 more, the first since {AT_NINE}.",
            "/admin/coaches",
        ),
        (attention.ACCOUNT_CHANGE, "1 more account.", "2 more accounts.", "/admin/people"),
        (attention.ATTENDANCE, "1 more attendance report.", "2 more attendance reports.", "/admin/attendance"),
        (attention.DISPUTE, "1 more dispute.", "2 more disputes.", "/admin/disputes"),
        (attention.REFUND_FAILED, "1 more failed refund.", "2 more failed refunds.", "/admin/refunds"),
        (attention.REFUND_HELD, "1 more refund on hold.", "2 more refunds on hold.", "/admin/refunds"),
        (attention.PAYOUT_FAILED, "1 more failed payout.", "2 more failed payouts.", "/admin/payouts"),
        (attention.PAYOUT_WAITING, "1 more payout that waits.", "2 more payouts that wait.", "/admin/payouts"),
        (attention.REVERSAL_FAILED, "1 more failed reversal.", "2 more failed reversals.", "/admin/payouts"),
    ],
)
def test_what_is_not_named_is_counted_and_leads_to_all_of_its_kind(kind, one, two, address, told):
    assert told(kind, since=NINE, count=1) == (one, "Open", address)
    assert told(kind, since=NINE, count=2) == (two, "Open", address)


@pytest.mark.parametrize(
    ("kind", "one", "three"),
    [
        (
            attention.PAYMENT_MISSING,
            f"Stripe does not know a payment of 216.00 USD, 50.00 EUR, since {AT_NINE}.",
            f"Stripe does not know 3 payments, 216.00 USD, 50.00 EUR in all, the first since {AT_NINE}.",
        ),
        (
            attention.PAYABLE,
            "1 coach is due 216.00 USD, 50.00 EUR.",
            "3 coaches are due 216.00 USD, 50.00 EUR.",
        ),
        (
            attention.RUN,
            f"A payout of 216.00 USD, 50.00 EUR waits for approval since {AT_NINE}.",
            f"3 payouts, 216.00 USD, 50.00 EUR in all, wait for approval since {AT_NINE}.",
        ),
        (
            attention.TRANSFERS,
            "A transfer of 216.00 USD, 50.00 EUR is to be made by hand.",
            "3 transfers, 216.00 USD, 50.00 EUR in all, are to be made by hand.",
        ),
        (attention.JOBS, "1 job failed for good.", "3 jobs failed for good."),
        (
            attention.JOBS_LATE,
            f"1 job waits longer than it should, since {AT_NINE}.",
            f"3 jobs wait longer than they should, the first since {AT_NINE}.",
        ),
        (
            attention.MAIL,
            "A mail could not be sent: The bank said no.",
            "3 mails could not be sent, the latest because: The bank said no.",
        ),
        (
            attention.EVENTS,
            f"An event of Stripe's is not handled yet, received {AT_NINE}.",
            f"3 events of Stripe's are not handled yet, the latest received {AT_NINE}.",
        ),
    ],
)
def test_what_is_decided_together_is_one_line_with_its_sum(kind, one, three, told):
    known = {"id": ONE, "since": NINE, "sums": BOTH, "said": "The bank said no."}
    assert told(kind, count=1, **known)[0] == one
    assert told(kind, count=3, **known)[0] == three


@pytest.mark.parametrize("kind", [*admin_attention.ONE, *admin_attention.MORE])
def test_each_kind_has_words_and_a_page(kind, told):
    words, action, address = told(kind, id=ONE, names=["Mia", "Ada"], since=NINE, sums=BOTH, said="deactivate")
    assert "%(" not in words
    assert action
    assert address.startswith("/admin/")


def test_a_licence_that_waits_is_shown_among_those_of_its_coach(told):
    words = f"A licence waits to be checked since {AT_NINE}."
    assert told(attention.LICENCE, id=ONE, since=NINE) == (words, "Look at it", f"/admin/coaches/{ONE}#licences")
    assert told(attention.EVENTS, since=NINE)[2] == "/admin/events?state=open"


def test_a_comparison_with_stripe_tells_what_differs_or_why_there_was_none(told):
    kind, address = attention.RECONCILIATION_DIFFERS, "/admin/reconciliation"
    assert told(kind) == ("The ledger and Stripe differ about one thing.", "See the differences", address)
    assert told(kind, count=3)[0] == "The ledger and Stripe differ about 3 things."
    failed = told(kind, said="Stripe did not answer.")
    assert failed == ("The ledger could not be compared with Stripe: Stripe did not answer.", "Open", address)


def test_a_worker_that_never_ran_says_how_one_is_started(told):
    words, action, _address = told(attention.WORKER)
    assert (words, action) == ("No worker was ever heard of. Start one: flask worker.", "See its jobs")


def test_lines_stand_under_what_they_wait_for_and_name_whom_they_are_about(app):
    items = [
        Item(attention.DISPUTE, ONE, sums={"usd": 12000}, said="An hour", due_by=NINE),
        Item(attention.PAYOUT_FAILED, ONE, ["Ada"], sums={"usd": 10800}, since=NINE, said="No such account."),
        Item(attention.ATTENDANCE, ONE, ["Mia", "Ada"], sums={"usd": 12000}, since=NINE),
    ]
    with app.test_request_context("/admin"):
        found = admin_attention.sections(items, "Europe/Berlin")
    assert [section.title for section in found] == ["With a deadline", "Failed", "Waiting for a decision"]
    assert [line.who for section in found for line in section.lines] == ["", "Ada", ""]
    assert found[0].lines[0].until == NINE
