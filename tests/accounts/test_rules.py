from datetime import UTC, datetime, timedelta

import pytest

from marketplace.accounts import rules

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


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
    [(None, None, True), (1, None, True), (0, None, False), (-1, None, False), (None, 1, False), (1, 1, False)],
)
def test_a_token_lives_until_it_expires_or_is_revoked(expires_in_hours, revoked_before_hours, live):
    expires_at = None if expires_in_hours is None else NOW + timedelta(hours=expires_in_hours)
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


@pytest.mark.parametrize(("actor_is_admin", "may"), [(None, True), (True, True), (False, False)])
def test_roles_are_given_by_admins_and_the_operator(actor_is_admin, may):
    assert rules.may_grant_roles(actor_is_admin) is may


def test_requests_differ_by_method_address_and_body():
    prints = {
        rules.fingerprint("POST", "/a", b"{}"),
        rules.fingerprint("PUT", "/a", b"{}"),
        rules.fingerprint("POST", "/b", b"{}"),
        rules.fingerprint("POST", "/a", b"{} "),
    }
    assert len(prints) == 4
    assert rules.fingerprint("POST", "/a", b"{}") in prints


@pytest.mark.parametrize(("seconds", "abandoned"), [(0, False), (60, False), (61, True)])
def test_a_request_without_answer_is_abandoned_after_a_minute(seconds, abandoned):
    assert rules.is_abandoned(NOW - timedelta(seconds=seconds), NOW) is abandoned
