from datetime import UTC, datetime, timedelta

import pytest

from marketplace.accounts import rules

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


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
