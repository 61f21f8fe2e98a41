"""How many asks a coach takes, and the codes that confirm an address."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.asks.rules import codes
from marketplace.asks.rules.capacity import Capacity

TODAY = date(2027, 3, 1)
NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
DRAFT = uuid.UUID(int=1)


@pytest.mark.parametrize(
    ("capacity", "open_now", "in_week", "refusal"),
    [
        (Capacity(), 0, 0, None),
        (Capacity(open_at_most=2), 1, 5, None),
        (Capacity(open_at_most=2), 2, 2, "full"),
        (Capacity(open_at_most=0), 0, 0, "full"),
        (Capacity(per_week=3), 0, 2, None),
        (Capacity(per_week=3), 0, 3, "week_full"),
        (Capacity(closed_until=date(2027, 3, 2)), 0, 0, "closed"),
        (Capacity(closed_until=TODAY), 0, 0, None),
    ],
)
def test_a_coach_takes_as_many_as_they_said(capacity, open_now, in_week, refusal):
    assert capacity.refusal(open_now=open_now, in_week=in_week, today=TODAY) == refusal


def test_a_code_is_right_for_its_draft_and_its_key_alone():
    kept = codes.digest("012345", draft_id=DRAFT, key="a key")
    assert codes.is_right("012345", expected=kept, draft_id=DRAFT, key="a key")
    assert not codes.is_right("012346", expected=kept, draft_id=DRAFT, key="a key")
    assert not codes.is_right("012345", expected=kept, draft_id=uuid.UUID(int=2), key="a key")
    assert not codes.is_right("012345", expected=kept, draft_id=DRAFT, key="another")


def test_codes_have_six_digits():
    assert all(len(code) == 6 and code.isdecimal() for code in (codes.new_code() for _ in range(100)))


@pytest.mark.parametrize(
    ("tries", "after", "may"),
    [
        (0, timedelta(), True),
        (4, timedelta(minutes=14), True),
        (5, timedelta(), False),
        (0, timedelta(minutes=15), False),
    ],
)
def test_a_code_is_good_for_five_tries_and_a_quarter_of_an_hour(tries, after, may):
    assert codes.may_try(tries, code_expires_at=NOW + codes.GOOD_FOR, now=NOW + after) is may
