"""How long a credit can be used, when its mentee is reminded, when it is refunded; each pair of its states."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.session_credits import rules
from marketplace.session_credits.rules import STATES
from tests.transitions import every_pair

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def test_it_can_be_used_for_sixty_days():
    assert rules.expires_at(NOW) == NOW + 60 * DAY


@pytest.mark.parametrize(
    ("left", "due"), [(60 * DAY, 0), (31 * DAY, 0), (30 * DAY, 1), (10 * DAY, 2), (3 * DAY, 2), (2 * DAY, 3)]
)
def test_its_mentee_is_reminded_thirty_ten_and_two_days_before_it_ends(left, due):
    assert rules.reminders_due(NOW + left, NOW) == due


@pytest.mark.parametrize(
    ("status", "left", "disputed", "may"),
    [
        ("open", DAY, False, True),
        ("open", DAY, True, False),
        ("open", timedelta(), False, False),
        ("used", DAY, False, False),
        ("refunded", DAY, False, False),
        ("unpaid", None, False, False),
    ],
)
def test_a_session_is_scheduled_with_what_is_open_and_not_disputed(status, left, disputed, may):
    expires_at = None if left is None else NOW + left
    assert rules.may_schedule(status, expires_at=expires_at, disputed=disputed, now=NOW) is may


@pytest.mark.parametrize(
    ("coach_there", "left", "reason"),
    [(True, DAY, None), (True, timedelta(), "not_scheduled"), (False, DAY, "coach_left")],
)
def test_it_is_refunded_when_its_time_is_over_or_its_coach_left(coach_there, left, reason):
    assert rules.refund_reason(coach_there=coach_there, expires_at=NOW + left, now=NOW) == reason


@pytest.mark.parametrize(
    ("status", "left", "disputed", "refused"),
    [
        ("open", DAY, False, None),
        ("open", DAY, True, "The bank asks"),
        ("open", timedelta(), False, "Its time is over"),
        ("used", DAY, False, "Cancel the session"),
        ("used", DAY, True, "Cancel the session"),
        ("refunded", DAY, False, "Its time is over"),
        ("lost", DAY, True, "Its time is over"),
        ("unpaid", None, False, "Nothing is paid"),
        ("lapsed", None, False, "Nothing is paid"),
    ],
)
def test_what_is_open_and_not_disputed_is_cancelled(status, left, disputed, refused):
    expires_at = None if left is None else NOW + left
    said = rules.cancelling_refused(status, expires_at=expires_at, disputed=disputed, now=NOW)
    assert (said is None) if refused is None else refused in str(said)


def test_money_is_either_the_credits_or_the_sessions():
    assert set(STATES.states) - {"used"} == rules.WITHOUT_SESSION
    moves = {(state, to) for state, to in every_pair(STATES) if STATES.allows(state, to)}
    assert moves == {
        *(("unpaid", to) for to in ("open", "lapsed")),
        *(("open", to) for to in ("used", "refunded", "lost")),
        ("lost", "open"),
    }
