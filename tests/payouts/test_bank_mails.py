"""Whoever changes where payouts go cannot do it quietly: the coach hears of it at the old address too."""

import pytest
from sqlalchemy import select

from marketplace.accounts.addresses.service import change_address
from marketplace.audit.queries import timeline_of
from marketplace.db import session
from marketplace.notifications.models import Message
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.queries import payables as payable_queries
from marketplace.payouts.rules import payables
from marketplace.payouts.rules.bank_details import Details
from marketplace.payouts.service import bank_account_changes, bank_accounts, manual_transfers
from marketplace.stripe_inbox import handlers

SUBJECT = "Where your payouts go has changed"
IBAN = "RS35105008123123123173"
SERBIAN = Details(holder="Ada Lovelace", country="RS", account=IBAN, bic="AIKBRS22")
OLD, NEW = "ada@before.example", "ada@after.example"


@pytest.fixture
def moved(ada):
    """A coach whose address was changed a moment ago."""
    change_address(ada.user.id, old=ada.user.email, new=OLD)
    change_address(ada.user.id, old=OLD, new=NEW)
    return ada


@pytest.fixture
def told(mailbox, run_jobs):
    """What the mails of that subject say that came to an address since the last look."""

    def told(address):
        run_jobs()
        found = [mail for mail in mailbox.to(address) if mail["Subject"] == SUBJECT]
        return [mail.get_body(("plain",)).get_content() for mail in found]

    return told


def test_a_new_account_for_transfers_is_told_at_the_old_and_the_new_address_without_its_number(moved, told):
    manual_transfers.give_details(moved.user, details=SERBIAN)
    for address in (OLD, NEW):
        (words,) = told(address)
        assert "3173" in words
        assert IBAN not in words
        assert IBAN[:-4] not in words.replace(" ", "")


def test_taking_it_away_is_told_too(moved, told):
    manual_transfers.give_details(moved.user, details=SERBIAN)
    manual_transfers.withdraw_details(moved.user)
    manual_transfers.withdraw_details(moved.user)
    assert ["no longer" in words for words in told(OLD)] == [False, True]


def test_an_account_at_stripe_is_told_once_however_often_it_is_gone_on_with(moved, stripe, told):
    bank_accounts.connect_bank(moved.user, country="DE")
    bank_accounts.connect_bank(moved.user, country="DE")
    bank_accounts.onboarding(moved.user)
    for address in (OLD, NEW):
        (words,) = told(address)
        assert "Germany" in words


def test_another_country_is_told_again(moved, stripe, told):
    bank_accounts.connect_bank(moved.user, country="DE")
    bank_accounts.connect_bank(moved.user, country="AT")
    assert ["Austria" in words for words in told(NEW)] == [False, True]


@pytest.fixture
def changed(bank, ada, stripe):
    """Tell of a bank account that Stripe pays a coach to; the coach's account there is connected."""
    account = bank(ada).stripe_id

    def changed(bank_id, last4, *, created=1, kind="created", **data):
        paid_to = {"id": bank_id, "object": "bank_account", "last4": last4, "default_for_currency": True}
        event = {"type": f"account.external_account.{kind}", "account": account, "created": created}
        assert handlers.handle(event | {"data": {"object": paid_to} | data}) is None

    return changed


def test_another_bank_account_at_stripe_is_told_once_by_its_last_letters(ada, changed, told):
    before = len(told(ada.user.email))
    changed("ba_1", "6789")
    changed("ba_1", "6789")
    (words,) = told(ada.user.email)[before:]
    assert "ends in 6789" in words
    noted = [entry.details for entry in timeline_of(ada.id) if entry.action == "bank.account_noted"]
    assert noted[-1] == {"bank": "ba_1", "hint": "6789", "since": 1}


def test_an_older_change_that_comes_late_says_nothing(ada, changed, told):
    before = len(told(ada.user.email))
    changed("ba_2", "4321", created=20)
    changed("ba_1", "6789", created=10)
    assert len(told(ada.user.email)) == before + 1


def test_another_bank_account_that_comes_first_from_now_on_is_told(ada, changed, told):
    changed("ba_1", "6789", created=10)
    before = len(told(ada.user.email))
    changed("ba_2", "4321", created=20, kind="updated", previous_attributes={"status": "new"})
    assert len(told(ada.user.email)) == before
    changed("ba_2", "4321", created=30, kind="updated", previous_attributes={"default_for_currency": False})
    assert "ends in 4321" in told(ada.user.email)[-1]


def test_a_bank_account_of_nobody_here_is_told_to_nobody(stripe):
    bank_account_changes.note_account("acct_nobody", bank_id="ba_1", last4="6789", since=1)
    assert bank_account_queries.account("acct_nobody") is None
    assert session().scalars(select(Message)).all() == []


def deleted(account, bank_id="ba_removed", last4="6789"):
    """Handle Stripe's message that an account lost a bank account."""
    removed = {"id": bank_id, "object": "bank_account", "last4": last4}
    event = {"type": "account.external_account.deleted", "account": account, "created": 9}
    return handlers.handle(event | {"data": {"object": removed}})


class TestRemoved:
    @pytest.fixture
    def account(self, bank, ada, stripe):
        """The account of a coach who is paid to a bank account."""
        return bank(ada).stripe_id

    def test_a_bank_account_that_was_removed_is_told_and_stops_payouts_with_a_reason(
        self, ada, account, stripe, told, mailbox, alma
    ):
        before = len(told(ada.user.email))
        stripe.remove_bank(account)
        for _ in range(2):
            assert deleted(account) is None
        (words,) = told(ada.user.email)[before:]
        assert "ends in 6789 was removed" in words
        known = bank_account_queries.account(account)
        assert (known.ready, known.capability_status) == (False, "no_bank_account")
        assert payables.reason_to_wait(payable_queries.standing_of(ada)).code == "no_bank_account"
        for address in (ada.user.email, alma.email):
            (mail,) = [one for one in mailbox.to(address) if "takes no payouts any more" in one["Subject"]]
            assert "has no bank account any more" in mail.get_body(("plain",)).get_content()

    def test_payouts_go_on_with_the_next_bank_account(self, ada, account, stripe):
        stripe.remove_bank(account)
        deleted(account)
        stripe.onboard(account, bank_account="000123456789")
        bank_accounts.refresh_account(account)
        assert payables.reason_to_wait(payable_queries.standing_of(ada)) is None

    def test_where_another_takes_its_place_that_one_is_told(self, ada, account, stripe, told):
        before = len(told(ada.user.email))
        stripe.onboard(account, bank_account="000111111113")
        assert deleted(account) is None
        assert ["ends in 1113" in words for words in told(ada.user.email)[before:]] == [True]
        assert bank_account_queries.account(account).ready

    def test_one_that_was_not_paid_to_any_more_is_not_told(self, ada, account, changed, told):
        changed("ba_new", "4321", created=5)
        before = len(told(ada.user.email))
        bank_account_changes.note_removal(account, bank_id="ba_old", last4="6789")
        assert len(told(ada.user.email)) == before

    def test_the_coach_reads_why_on_the_page(self, ada, account, stripe, browser_of):
        stripe.remove_bank(account)
        deleted(account)
        assert "has no bank account any more" in browser_of(ada.user).get("/dashboard/bank").text

    def test_an_account_of_nobody_here_is_told_to_nobody(self, stripe):
        event = {
            "type": "account.external_account.deleted",
            "account": "acct_nobody",
            "data": {"object": {"id": "ba_1"}},
        }
        assert handlers.handle(event) == handlers.NOT_OURS
        bank_account_changes.note_removal("acct_nobody", bank_id="ba_1", last4="6789")
