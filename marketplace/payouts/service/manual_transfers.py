"""Manual transfers: where to, that one was made, that the bank sent it back."""

import uuid
from datetime import date

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.db import session, transactional
from marketplace.documents.csv_export import csv
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.languages import lazy_gettext as _l
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.service.postings import post
from marketplace.money import plain
from marketplace.payouts.models import BankDetails, Payout
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.rules import permissions as payout_permissions
from marketplace.payouts.rules import reasons
from marketplace.payouts.rules import states as payout_states
from marketplace.payouts.rules.bank_details import Details, opened, sealed, wrong, wrong_date
from marketplace.payouts.rules.states import MANUAL
from marketplace.payouts.service.bank_accounts import coach_with_bank
from marketplace.payouts.service.bank_notifications import tell_bank_changed
from marketplace.payouts.service.notifications import tell_coach_of_return
from marketplace.payouts.service.own_payouts import check_own_payouts
from marketplace.payouts.service.payout_jobs import enqueue_payout
from marketplace.payouts.service.postings import post_payout
from marketplace.payouts.service.statement_notifications import tell_coach
from marketplace.payouts.service.transitions import transition_payout


class NotToBeTransferred(Conflict):
    """This waits for no manual transfer: an admin has marked it already, or it goes through Stripe."""


class NothingToReturn(Conflict):
    """This was not sent by a manual transfer, or it was returned already."""


@transactional
def give_details(user: User, *, details: Details) -> BankDetails:
    """Have one's payouts transferred to this account, except those under way. Raises Invalid."""
    coach = coach_with_bank(user)
    mistakes = wrong(details)
    if mistakes:
        raise Invalid(**mistakes)
    values = {
        "country": details.country,
        "hint": details.hint,
        "sealed": sealed(details, config.current().encryption_keys()),
        "given_at": clock.now(),
    }
    row = insert(BankDetails).values(coach_id=coach.id, **values)
    session().execute(row.on_conflict_do_update(index_elements=["coach_id"], set_=values))
    for payout_id in run_queries.waiting_of(coach.id):
        enqueue_payout(payout_id)
    record(user.id, "bank.details_given", coach.id, hint=details.hint)
    tell_bank_changed(
        coach, _l("Your payouts go by bank transfer to the account %(account)s from now on.", account=details.hint)
    )
    found = bank_account_queries.bank_details_of(coach.id)
    assert found is not None
    return found


@transactional
def withdraw_details(user: User) -> None:
    """Be paid through Stripe again; forgets the account, except for payouts that went there."""
    coach = coach_with_bank(user)
    if bank_account_queries.bank_details_of(coach.id) is None:
        return
    session().execute(delete(BankDetails).where(BankDetails.coach_id == coach.id))
    record(user.id, "bank.details_withdrawn", coach.id)
    tell_bank_changed(coach, _l("Your payouts no longer go by bank transfer to the account that you had given us."))


@transactional
def read_transfers(
    admin: User, *, run_id: uuid.UUID, open_only: bool = False, start: int = 0, limit: int | None = None
) -> list[tuple[Payout, Details]]:
    """The manual transfers of a run, accounts in full; the audit trail keeps who read them.

    All of them, those still to be made first, or with `open_only` those alone: `limit` from number `start` on.
    """
    found = run_queries.manual_transfers(admin, run_id, open_only=open_only, start=start, limit=limit)
    keys = config.current().encryption_keys()
    if found:
        record(admin.id, "payout_run.bank_details_read", run_id, payouts=len(found))
    return [(payout, opened(payout.sealed, keys)) for payout in found if payout.sealed is not None]


def transfers_csv(admin: User, *, run_id: uuid.UUID) -> str:
    """The transfers of a run that are still to be made, as CSV for a bank: one row a payout."""
    rows = [
        (
            str(payout.id),
            details.holder,
            details.country,
            details.account,
            details.bic,
            details.bank_code,
            plain(payout.amount_cents, payout.currency),
            payout.currency.upper(),
        )
        for payout, details in read_transfers(admin, run_id=run_id, open_only=True)
    ]
    return csv(("payout", "holder", "country", "account", "bic", "bank code", "amount", "currency"), rows)


@transactional
def mark_transferred(admin: User, *, payout_id: uuid.UUID, reference: str, transferred_on: date) -> Payout:
    """Record that an admin made the transfer.

    Raises NotToBeTransferred, also for the second admin who marks it, and Invalid.
    """
    payout = _locked(admin, payout_id)
    if payout.rail != MANUAL or payout.status != payout_states.SENDING:
        raise NotToBeTransferred
    mistake = wrong_date(transferred_on, first=payout.created_at.date(), last=clock.now().date())
    if mistake:
        raise Invalid(transferred_on=mistake)
    payout.reference, payout.transferred_on = reference, transferred_on
    transition_payout(payout, payout_states.PAID, by=admin.id, reference=reference)
    post_payout(
        "payout-arrived", payout, debit=ledger_accounts.IN_TRANSIT, credit=ledger_accounts.BANK, source=reference
    )
    tell_coach(payout)
    return payout


@transactional
def mark_returned(admin: User, *, payout_id: uuid.UUID, reason: str) -> Payout:
    """Record that the bank refused or returned the transfer: it is in the coach's balance again.

    Raises NothingToReturn, OwnPayout.
    """
    payout = _locked(admin, payout_id)
    of_coach = ledger_accounts.coach(payout.coach_id)
    if payout.rail != MANUAL or not payout.is_returnable:
        raise NothingToReturn
    own = check_own_payouts(admin, [payout])
    if payout.status == payout_states.SENDING:
        post_payout("payout-returned", payout, debit=ledger_accounts.IN_TRANSIT, credit=of_coach)
    else:
        post(
            f"payout-reversed:{payout.id}",
            debit=ledger_accounts.BANK,
            credit=of_coach,
            cents=payout.amount_cents,
            currency=payout.currency,
            subject_id=payout.id,
            source=payout.reference,
        )
    to = payout_states.FAILED if payout.status == payout_states.SENDING else payout_states.REVERSED
    transition_payout(payout, to, by=admin.id, reason=reasons.in_words(reasons.BANK_SAID, reason), **own)
    tell_coach_of_return(payout, reason)
    return payout


def _locked(admin: User, payout_id: uuid.UUID) -> Payout:
    """The payout, locked: the second of two admins who mark it sees what the first recorded."""
    payout = run_queries.locked(payout_id) if payout_permissions.may_pay_out(admin) else None
    if payout is None:
        raise NotFound
    return payout
