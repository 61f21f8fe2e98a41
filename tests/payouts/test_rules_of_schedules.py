"""When a payout is due by a coach's own choice, and how its reasons, lines and parts are told."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.payouts.rules import payables as payable_rules
from marketplace.payouts.rules import permissions as payout_permissions
from marketplace.payouts.rules import reasons
from marketplace.payouts.rules import reversals as reversal_rules
from marketplace.payouts.rules import schedules as schedule_rules
from marketplace.payouts.rules import statements as statement_rules
from marketplace.payouts.rules import states as payout_states
from marketplace.payouts.rules import summaries as run_summaries
from marketplace.payouts.rules.payables import Payable, PayeeStanding
from marketplace.payouts.rules.reasons import Reason
from marketplace.payouts.rules.summaries import RunPart

NOW = datetime(2027, 3, 10, 6, tzinfo=UTC)
GOOD = PayeeStanding("approved", True, True)
THIS_MONTH = Reason(reasons.PAID_THIS_MONTH)


def told(word):
    """A word as it comes out of a database: equal to ours and not the same object."""
    return "".join(list(word))


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        (GOOD, None),
        (PayeeStanding("approved", True, True, schedule="on_demand"), Reason(reasons.NOT_ASKED)),
        (PayeeStanding("approved", True, True, schedule="on_demand", asked=True), None),
        (PayeeStanding("approved", True, True, schedule="monthly"), None),
        (PayeeStanding("approved", True, True, schedule="monthly", proposed_at=NOW - timedelta(days=12)), None),
        (
            PayeeStanding("approved", True, True, schedule="monthly", proposed_at=NOW - timedelta(days=9)),
            THIS_MONTH,
        ),
        (
            PayeeStanding("approved", True, True, held_because="We check a dispute."),
            reasons.in_words(reasons.ON_HOLD, "We check a dispute."),
        ),
        (PayeeStanding("suspended", True, True, held_because="Why."), reasons.in_words(reasons.ON_HOLD, "Why.")),
    ],
)
@pytest.mark.parametrize("old", [False, True])
def test_why_somebody_is_left_out_by_hold_or_schedule(standing, expected, old):
    found = payable_rules.reason_left_out(
        balance_cents=10_000,
        open_cents=0,
        currency="usd",
        standing=PayeeStanding(**{**vars(standing), "oldest_at": NOW - timedelta(days=31 if old else 1)}),
        minimum_cents=2000,
        always_after=timedelta(days=30),
        now=NOW,
    )
    # What is a month old goes out whatever the schedule; a hold holds it all the same.
    held = expected is not None and expected.code == reasons.ON_HOLD
    assert found == (expected if held or not old else None)


@pytest.mark.parametrize(
    ("schedule", "day", "due"),
    [
        ("weekly", datetime(2027, 3, 8), True),
        ("weekly", datetime(2027, 3, 9), False),
        ("monthly", datetime(2027, 4, 1), True),
        ("monthly", datetime(2027, 3, 8), False),
        ("on_demand", datetime(2027, 3, 9), True),
    ],
)
def test_the_calendar_knows_the_days(schedule, day, due):
    assert schedule_rules.is_due_today(schedule, day, weekday=0) is due


@pytest.mark.parametrize(
    ("schedule", "asked", "proposed_at", "expected"),
    [
        ("on_demand", False, None, Reason(reasons.NOT_ASKED)),
        ("on_demand", True, None, None),
        ("on_demand", True, NOW, None),
        ("weekly", False, NOW, None),
        ("monthly", False, None, None),
        ("monthly", False, datetime(2027, 3, 1, tzinfo=UTC), THIS_MONTH),
        ("monthly", False, datetime(2027, 2, 28, tzinfo=UTC), None),
        ("monthly", False, datetime(2026, 3, 31, tzinfo=UTC), None),
        # A clock may be behind another.
        ("monthly", False, datetime(2027, 4, 1, tzinfo=UTC), None),
        # No schedule of ours, on either side of ours in the alphabet.
        ("daily", False, NOW, None),
        ("yearly", False, NOW, None),
        ("nightly", False, NOW, None),
    ],
)
def test_what_a_schedule_lets_go_today(schedule, asked, proposed_at, expected):
    standing = PayeeStanding("approved", True, True, schedule=told(schedule), asked=asked, proposed_at=proposed_at)
    assert payable_rules.reason_not_yet(standing, NOW) == expected


def test_unless_told_otherwise_a_coach_has_not_asked_and_is_paid_through_stripe():
    assert (GOOD.schedule, GOOD.asked) == ("weekly", False)
    payable = Payable(None, "ada", "Ada", "usd", 5000, 0, None)
    assert (payable.schedule, payable.is_manual) == ("weekly", False)


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        (GOOD, None),
        (
            PayeeStanding(told("suspended"), False, False, held_because="Why."),
            reasons.in_words(reasons.ON_HOLD, "Why."),
        ),
        (PayeeStanding(told("suspended"), False, False), Reason(reasons.SUSPENDED)),
        (PayeeStanding("withdrawn", False, False), Reason(reasons.NO_BANK)),
        (PayeeStanding("approved", False, True), Reason(reasons.NO_BANK)),
        (PayeeStanding("approved", True, False), Reason(reasons.BANK_NOT_READY)),
    ],
)
def test_why_an_approved_payout_waits(standing, reason):
    assert payable_rules.reason_to_wait(standing) == reason


@pytest.mark.parametrize("day", range(1, 15))
def test_weekly_is_one_day_of_seven_and_monthly_the_first(day):
    at = datetime(2027, 3, day, 6, tzinfo=UTC)
    assert schedule_rules.is_due_today("weekly", at, weekday=3) is (day in {4, 11})
    assert schedule_rules.is_due_today("monthly", at, weekday=3) is (day == 1)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (None, ""),
        ("release-coach:1", ""),
        ("beyond-coach:1:2", "refunded to the mentee"),
        ("dispute-won:1:2", "yours again: the dispute is over"),
        ("dispute-won", "yours again: the dispute is over"),
        ("1:dispute-won", ""),
    ],
)
def test_a_line_says_what_it_is_by_the_front_of_its_key(key, words):
    assert statement_rules.line_words(key) == words


@pytest.mark.parametrize(
    ("key", "title"),
    [
        (None, "Carried over from before"),
        ("payout-returned:1", "A payout that was returned"),
        ("payout-reversed:1", "A payout that was returned"),
        ("a-payout-:1", "Something else"),
    ],
)
def test_a_line_about_no_session_has_a_title(key, title):
    assert statement_rules.line_title(key) == title


@pytest.mark.parametrize(
    ("status", "waits", "shown"),
    [
        ("approved", True, "waiting"),
        ("approved", False, "approved"),
        # Why it failed is kept as well, and is nothing to wait for.
        ("aborted", True, "aborted"),
        ("failed", True, "failed"),
        ("sending", False, "sending"),
    ],
)
def test_what_was_approved_and_cannot_go_is_waiting(status, waits, shown):
    assert run_summaries.shown_status(told(status), waits=waits) == shown


@pytest.mark.parametrize(
    ("status", "rail", "shown"),
    [
        ("sending", "manual", "to_transfer"),
        ("sending", "stripe", "sending"),
        ("paid", "manual", "paid"),
        # No rail and no state of ours, on the other side of ours in the alphabet.
        ("sending", "card", "sending"),
        ("waived", "manual", "waived"),
    ],
)
def test_what_a_person_transfers_is_told_apart_until_it_is_made(status, rail, shown):
    assert run_summaries.shown_status(told(status), waits=False, rail=told(rail)) == shown


def test_the_parts_of_a_run_begin_with_what_needs_somebody():
    payouts = [
        ("paid", "usd", 100),
        ("waiting", "usd", 7),
        ("paid", "eur", 50),
        ("failed", "usd", 1),
        ("paid", "usd", 20),
        ("waiting", "chf", 3),
    ]
    assert run_summaries.parts(payouts) == [
        RunPart("failed", "usd", 1, 1),
        RunPart("waiting", "chf", 1, 3),
        RunPart("waiting", "usd", 1, 7),
        RunPart("paid", "eur", 1, 50),
        RunPart("paid", "usd", 2, 120),
    ]


@pytest.mark.parametrize(
    ("amount", "reversed_", "intended", "left"),
    [(10800, 0, 0, 10800), (10800, 4000, 800, 6000), (10800, 10000, 800, 0), (10800, 10000, 801, 0)],
)
def test_what_is_left_to_reverse(amount, reversed_, intended, left):
    assert reversal_rules.left_to_reverse(amount, reversed_cents=reversed_, intended_cents=intended) == left


@pytest.mark.parametrize(
    ("code", "told_"),
    [
        ("balance_insufficient", Reason(reasons.BALANCE_SPENT)),
        ("insufficient_funds", Reason(reasons.BALANCE_SPENT)),
        ("account_closed", reasons.in_words(reasons.STRIPE_SAID, "No such account.")),
    ],
)
def test_why_stripe_did_not_take_a_transfer_back(code, told_):
    assert reversal_rules.reason_not_reversed(told(code), "No such account.") == told_


def test_only_admins_send_money():
    class Somebody:
        def __init__(self, is_admin):
            self.is_admin = is_admin

    assert [payout_permissions.may_pay_out(Somebody(is_admin)) for is_admin in (True, False)] == [True, False]


def test_a_payout_and_what_is_reversed_of_it_move_as_the_tables_say():
    assert {
        "proposed": {"approved", "failed", "cancelled"},
        "approved": {"sending", "failed", "cancelled"},
        "sending": {"paid", "approved", "failed"},
        "failed": {"approved"},
        "paid": {"reversed"},
        "reversed": set(),
        "cancelled": set(),
    } == payout_states.PAYOUT_STATES.following
    assert {
        "intended": {"made", "failed"},
        "failed": {"intended", "made"},
        "made": set(),
    } == payout_states.REVERSAL_STATES.following
