"""A coach's bank: opened once, linked by a fresh address, ready when Stripe says so."""

from datetime import timedelta

import pytest

from marketplace import clock
from marketplace.db import session
from marketplace.errors import Invalid, NotFound, Unavailable
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.service import bank_accounts
from marketplace.payouts.service import bank_accounts as bank_service
from tests.factories import a_coach, a_person
from tests.queue import waiting


def test_a_bank_is_opened_once_and_linked_by_a_fresh_address(ada, stripe):
    first = bank_accounts.connect_bank(ada.user, country="DE")
    second = bank_accounts.connect_bank(ada.user, country="DE")
    account = bank_account_queries.account_of(ada.id)
    assert first != second
    assert account.country == "DE"
    assert account.stripe_id.startswith("acct_")
    assert not account.ready


def test_a_lost_answer_opens_no_second_account(ada, stripe):
    stripe.fault("/v2/core/accounts", "drop_after", method="POST")
    with pytest.raises(Unavailable):
        bank_accounts.connect_bank(ada.user, country="DE")
    assert bank_account_queries.account_of(ada.id).stripe_id is None
    with pytest.raises(bank_accounts.NoBank):
        bank_accounts.onboarding(ada.user)
    bank_accounts.connect_bank(ada.user, country="DE")
    created = [e for e in stripe.deliveries if e["type"] == "v2.core.account.created"]
    assert len(created) <= 1
    assert bank_account_queries.account_of(ada.id).stripe_id


def test_it_is_ready_when_stripe_says_so_not_when_the_coach_came_back(ada, stripe):
    bank_accounts.connect_bank(ada.user, country="DE")
    account = bank_account_queries.account_of(ada.id)
    bank_accounts.refresh_account(str(account.id))
    assert not bank_account_queries.account(str(account.id)).ready
    stripe.onboard(account.stripe_id)
    bank_accounts.refresh_account(account.stripe_id)
    ready = bank_account_queries.account(account.stripe_id)
    assert (ready.ready, ready.capability_status, ready.checked_at) == (True, "active", clock.now())
    stripe.onboard(account.stripe_id, "rejected")
    bank_accounts.refresh_account(account.stripe_id)
    assert not bank_account_queries.account(account.stripe_id).ready


def test_an_answer_to_an_older_question_changes_nothing(bank, ada):
    account = bank(ada)
    bank_service._record_status(account.id, "restricted", clock.now() - timedelta(seconds=1))
    assert bank_account_queries.account(str(account.id)).ready


def test_an_account_that_is_not_ours_is_not_found(stripe):
    with pytest.raises(NotFound):
        bank_accounts.refresh_account("acct_somebody")


def test_an_account_that_was_never_opened_has_nothing_to_refresh(ada, stripe):
    bank_service._intend(ada.user, country="DE")
    account = bank_account_queries.account_of(ada.id)
    bank_accounts.refresh_account(str(account.id))
    assert bank_account_queries.account(str(account.id)).checked_at is None


def test_banks_that_are_not_ready_are_asked_about_again(ada, stripe, moment):
    bank_accounts.connect_bank(ada.user, country="DE")
    bank_accounts.refresh_accounts()
    assert waiting().count("refresh_account") == 0
    moment.advance(hours=2)
    bank_accounts.refresh_accounts()
    assert waiting().count("refresh_account") == 1


@pytest.mark.parametrize("status", ["applied", "rejected"])
def test_a_bank_is_for_coaches(status, stripe):
    with pytest.raises(bank_accounts.NotACoach):
        bank_accounts.connect_bank(a_coach("new", status=status).user, country="DE")
    with pytest.raises(NotFound):
        bank_accounts.connect_bank(a_person("Mia"), country="DE")


def test_a_country_that_we_cannot_pay_to_is_refused(ada):
    with pytest.raises(Invalid) as refused:
        bank_accounts.connect_bank(ada.user, country="XX")
    assert "country" in refused.value.fields


def test_a_bank_without_a_row_is_not_found(ada):
    with pytest.raises(NotFound):
        bank_service._bank(ada)
    session().rollback()
