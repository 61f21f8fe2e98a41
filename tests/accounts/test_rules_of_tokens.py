"""What a token may do, make and end, and how long it lives."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.accounts.tokens import rules

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_token_has_a_findable_prefix_and_forty_unguessable_characters():
    first, second = rules.new_token(), rules.new_token()
    assert first.startswith("fh_")
    assert len(first) == 43
    assert first != second


def test_a_hint_does_not_give_the_token_away():
    token = rules.new_token()
    assert len(rules.hint(token)) == 10
    assert token not in rules.hint(token)


@pytest.mark.parametrize(
    ("expires_in_hours", "revoked_before_hours", "live"),
    [(1, None, True), (0, None, False), (-1, None, False), (1, 1, False)],
)
def test_a_token_lives_until_it_expires_or_is_revoked(expires_in_hours, revoked_before_hours, live):
    expires_at = NOW + timedelta(hours=expires_in_hours)
    revoked_at = None if revoked_before_hours is None else NOW - timedelta(hours=revoked_before_hours)
    assert rules.is_live(expires_at, revoked_at, NOW) is live


@pytest.mark.parametrize(
    ("held", "wanted", "may"),
    [
        (None, ["read", "admin"], True),
        (["read", "write"], ["read"], True),
        (["read", "write"], ["write", "read"], True),
        (["write"], ["read"], False),
        (["read", "write"], ["money"], False),
    ],
)
def test_a_token_hands_on_no_more_than_it_holds(held, wanted, may):
    assert rules.may_hand_on(held, wanted) is may


@pytest.mark.parametrize(
    ("wanted_days", "maker_days", "ends_days"),
    [
        (None, None, 90),
        (30, None, 30),
        (365, None, 365),
        (366, None, 365),
        (30, 1, 1),
        (None, 1, 1),
        (1, 30, 1),
    ],
)
def test_a_token_ends_within_a_year_and_not_after_the_one_that_made_it(wanted_days, maker_days, ends_days):
    wanted, maker = (None if days is None else NOW + days * DAY for days in (wanted_days, maker_days))
    assert rules.lives_until(wanted, maker, NOW) == NOW + ends_days * DAY


@pytest.mark.parametrize(
    ("needed", "held", "reads", "acts"),
    [
        ("read", ["read"], True, False),
        ("read", ["read", "admin"], True, False),
        ("read", ["read", "admin:read"], True, True),
        ("money", ["money", "admin:read"], False, False),
        ("money", ["money", "admin"], False, True),
        ("admin:read", ["admin:read"], True, True),
        ("admin:critical", ["admin:critical"], False, True),
        (None, ["read"], False, False),
    ],
)
def test_an_admins_token_is_an_admins_only_where_a_scope_says_so(needed, held, reads, acts):
    assert rules.acts_as_admin(needed, held, reads=reads) is acts


@pytest.mark.parametrize(
    ("scopes", "is_admin", "may"),
    [
        (["read", "tokens"], False, True),
        (["admin"], False, False),
        (["read", "admin:read"], False, False),
        (["admin:critical"], False, False),
        (["read", "admin", "admin:read"], True, True),
    ],
)
def test_nobody_has_a_token_for_what_admins_do_before_being_one(scopes, is_admin, may):
    assert rules.may_have(scopes, is_admin) is may
