"""Where a coach's money goes: an account at Stripe, and whether it can take money."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.coaches import queries as coaches
from marketplace.coaches.models import Coach
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.jobs import enqueue
from marketplace.payments.stripe_gateway import connect as stripe_connect
from marketplace.payouts.models import ConnectedAccount
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.rules import bank_details as bank_details_rules
from marketplace.payouts.rules import permissions as payout_permissions

# Onboarding that was begun is looked at so often, in case the message of its end never came.
ASK_AGAIN_AFTER = timedelta(hours=1)


class NotACoach(NotAllowed):
    """Only an approved coach connects a bank."""


class NoBank(Conflict):
    """Connect a bank first."""


def connect_bank(user: User, *, country: str) -> str:
    """The address where a coach gives bank details; it works once and not for long.

    `country` (ISO 3166-1 alpha-2) is where the bank is; the account that a first call opened keeps its own.
    """
    bank = _intend(user, country=country)
    if bank.stripe_id is None:
        opened = stripe_connect.create_account(
            account_id=bank.id, email=user.email, name=user.name, country=bank.country
        )
        _record_opened(bank.id, opened)
    return onboarding(user)


@transactional
def _intend(user: User, *, country: str) -> ConnectedAccount:
    if country not in bank_details_rules.COUNTRIES:
        raise Invalid(country="Choose one of the countries that we can pay to.")
    coach = _coach(user)
    row = {
        "id": uuid7(),
        "coach_id": coach.id,
        "country": country,
        "ready": False,
        "created_at": clock.now(),
    }
    written = session().scalar(
        insert(ConnectedAccount)
        .values(row)
        .on_conflict_do_nothing(index_elements=["coach_id"])
        .returning(ConnectedAccount.id)
    )
    if written is not None:
        record(user.id, "bank.begun", coach.id, country=country)
    return _bank(coach)


@transactional
def _record_opened(bank_id: uuid.UUID, stripe_id: str) -> None:
    bank = session().get_one(ConnectedAccount, bank_id, with_for_update=True, populate_existing=True)
    bank.stripe_id = bank.stripe_id or stripe_id


def onboarding(user: User) -> str:
    """A fresh address for a coach who has begun already; raises NoBank for one who has not."""
    bank = bank_account_queries.account_of(_coach(user).id)
    if bank is None or bank.stripe_id is None:
        raise NoBank
    page = f"{config.current().public_url}/dashboard/bank"
    return stripe_connect.onboarding_link(bank.stripe_id, return_url=f"{page}/return", refresh_url=f"{page}/refresh")


def _coach(user: User) -> Coach:
    coach = coaches.coach_of(user)
    if coach is None or not payout_permissions.may_connect_bank(coach.status):
        raise NotACoach
    return coach


def _bank(coach: Coach) -> ConnectedAccount:
    bank = bank_account_queries.account_of(coach.id)
    if bank is None:
        raise NotFound
    return bank


def refresh_account(account_id: str) -> None:
    """Read at Stripe whether a bank account (our id or Stripe's) can receive money.

    Payouts that waited for it are sent. Raises NotFound for one that is not ours.
    """
    bank = bank_account_queries.account(account_id)
    if bank is None:
        raise NotFound
    if bank.stripe_id is None:
        return
    asked_at = clock.now()
    _record_status(bank.id, stripe_connect.account_status(bank.stripe_id), asked_at)


@transactional
def _record_status(bank_id: uuid.UUID, status: str, asked_at: datetime) -> None:
    bank = session().get_one(ConnectedAccount, bank_id, with_for_update=True, populate_existing=True)
    # Two answers may arrive in the wrong order: the later question knows better.
    if bank.checked_at is not None and bank.checked_at > asked_at:
        return
    became_ready = status == "active" and not bank.ready
    if bank.capability_status != status:
        record(None, "bank.checked", bank.coach_id, status=status)
    bank.capability_status, bank.ready, bank.checked_at = status, status == "active", asked_at
    if became_ready:
        for payout_id in run_queries.waiting_of(bank.coach_id):
            enqueue("send_payout", payout_id=str(payout_id))


@transactional
def refresh_accounts() -> None:
    """Refresh the accounts that were not ready, in case Stripe's message was lost."""
    for account_id in bank_account_queries.accounts_to_check(clock.now() - ASK_AGAIN_AFTER):
        enqueue("refresh_account", account_id=str(account_id))
