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
from marketplace.jobs import enqueue, unfinished
from marketplace.languages import formats
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.payments.stripe_gateway import connect as stripe_connect
from marketplace.payments.stripe_gateway.client import GatewayRefused
from marketplace.payments.stripe_gateway.refusals import Kind
from marketplace.payouts.models import ConnectedAccount
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.rules import bank_details as bank_details_rules
from marketplace.payouts.rules import permissions as payout_permissions
from marketplace.payouts.service.bank_notifications import tell_bank_changed, tell_bank_not_ready
from marketplace.payouts.service.payout_jobs import enqueue_payout

# Onboarding that was begun is looked at so often, in case the message of its end never came.
ASK_AGAIN_AFTER = timedelta(hours=1)


class NotACoach(NotAllowed):
    """Only an approved coach connects a bank."""


class NoBank(Conflict):
    """Connect a bank first."""


def connect_bank(user: User, *, country: str) -> str:
    """The address where a coach gives bank details; it works once and not for long.

    `country` (ISO 3166-1 alpha-2) is where the bank is; another one may be chosen until payouts can be sent. Raises
    Invalid where Stripe does not pay to that country, GatewayRefused or Unavailable for what else it says.
    """
    bank = _intend(user, country=country)
    if bank.stripe_id is None:
        try:
            opened = stripe_connect.create_account(
                account_id=bank.id, email=bank.email or user.email, name=bank.name or user.name, country=bank.country
            )
        except GatewayRefused as refusal:
            # An earlier request with this key may have opened it, and its answer was lost.
            made = stripe_connect.find_account(bank.id) if refusal.is_doubtful else None
            if made is None:
                _forget_refused(bank.id)
                if refusal.kind == Kind.COUNTRY:
                    raise Invalid(country=refusal.sentence) from refusal
                raise
            opened = made
        _record_opened(bank.id, opened)
    return onboarding(user)


@transactional
def _forget_refused(bank_id: uuid.UUID) -> None:
    """What Stripe refused was never opened: the coach chooses anew."""
    bank = session().get(ConnectedAccount, bank_id, with_for_update=True, populate_existing=True)
    if bank is not None and bank.stripe_id is None:
        record(None, "bank.refused", bank.coach_id, country=bank.country)
        session().delete(bank)


@transactional
def _intend(user: User, *, country: str) -> ConnectedAccount:
    if country not in bank_details_rules.payable_from(config.current().stripe_country):
        raise Invalid(country=_("Choose one of the countries that we can pay to."))
    coach = coach_with_bank(user)
    known = bank_account_queries.account_of(coach.id)
    if (
        known is not None
        and not known.ready
        and (known.country != country or known.capability_status == bank_details_rules.GONE)
    ):
        # Nothing can be sent there: another account is opened.
        record(user.id, "bank.changed", coach.id, country=country, before=known.country, account=known.stripe_id)
        session().delete(known)
        session().flush()
    row = {
        "id": uuid7(),
        "coach_id": coach.id,
        "country": country,
        "email": user.email,
        "name": user.name,
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
        tell_bank_changed(
            coach,
            _l(
                "Connecting a bank in %(country)s through Stripe was begun: your payouts are to go there.",
                country=formats.Country(country),
            ),
        )
    return _bank(coach)


@transactional
def _record_opened(bank_id: uuid.UUID, stripe_id: str) -> None:
    bank = session().get(ConnectedAccount, bank_id, with_for_update=True, populate_existing=True)
    # Where another country was chosen meanwhile, what was opened for the first stays empty.
    if bank is not None:
        bank.stripe_id = bank.stripe_id or stripe_id


def onboarding(user: User) -> str:
    """A fresh address for a coach who has begun already; raises NoBank for one who has not."""
    bank = bank_account_queries.account_of(coach_with_bank(user).id)
    if bank is None or bank.stripe_id is None:
        raise NoBank
    page = f"{config.current().public_url}/dashboard/bank"
    return stripe_connect.onboarding_link(bank.stripe_id, return_url=f"{page}/return", refresh_url=f"{page}/refresh")


def coach_with_bank(user: User) -> Coach:
    """The approved coach that somebody is; raises NotFound for who is none, NotACoach before the approval."""
    coach = coaches.coach_of(user)
    if coach is None:
        raise NotFound
    if not payout_permissions.may_connect_bank(coach.status):
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
    try:
        status = stripe_connect.account_status(bank.stripe_id)
        if status == "active" and not stripe_connect.paid_out_to(bank.stripe_id):
            # What is sent would stay in the coach's balance at Stripe.
            status = bank_details_rules.NO_BANK_ACCOUNT
    except GatewayRefused as refusal:
        # The coach has taken our access back, or Stripe has closed the account.
        if refusal.kind not in {Kind.MISSING, Kind.ACCOUNT}:
            raise
        status = bank_details_rules.GONE
    _record_status(bank.id, status, asked_at)


@transactional
def _record_status(bank_id: uuid.UUID, status: str, asked_at: datetime) -> None:
    bank = session().get_one(ConnectedAccount, bank_id, with_for_update=True, populate_existing=True)
    # Two answers may arrive in the wrong order: the later question knows better.
    if bank.checked_at is not None and bank.checked_at > asked_at:
        return
    became_ready, was_ready = status == "active" and not bank.ready, bank.ready
    if bank.capability_status != status:
        record(None, "bank.checked", bank.coach_id, status=status)
    bank.capability_status, bank.ready, bank.checked_at = status, status == "active", asked_at
    if was_ready and not bank.ready:
        tell_bank_not_ready(bank)
    if became_ready:
        for payout_id in run_queries.waiting_of(bank.coach_id):
            enqueue_payout(payout_id)


@transactional
def refresh_accounts() -> None:
    """Refresh the accounts that were not ready, in case Stripe's message was lost."""
    due = bank_account_queries.accounts_to_check(clock.now() - ASK_AGAIN_AFTER)
    under_way = unfinished("refresh_account", argument="account_id") if due else set()
    for account_id in due:
        if str(account_id) not in under_way:
            enqueue("refresh_account", lane=f"account:{account_id}", account_id=str(account_id))
