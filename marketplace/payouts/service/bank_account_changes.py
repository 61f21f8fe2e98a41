"""Commands: what Stripe says of the bank account that it pays a coach to."""

from marketplace.audit.models import AuditEntry
from marketplace.audit.queries import timeline_of
from marketplace.audit.service import record
from marketplace.coaches.models import Coach
from marketplace.db import session, transactional
from marketplace.languages import lazy_gettext as _l
from marketplace.payouts.models import ConnectedAccount
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.service.bank_notifications import tell_bank_changed


@transactional
def note_account(account_id: str, *, bank_id: str, last4: str, since: int) -> None:
    """Record and tell the coach, once, that payouts to a connected account go to another bank account from now on.

    `bank_id` is Stripe's for that bank account, `last4` its last digits, `since` when it changed, as Unix time. Nothing
    for an account that is not ours, or of which as much or something later is known.
    """
    bank = _locked(account_id)
    if bank is None:
        return
    noted = _noted(bank)
    if noted and (noted[-1].details["bank"] == bank_id or noted[-1].details["since"] > since):
        return
    record(None, "bank.account_noted", bank.coach_id, bank=bank_id, hint=last4, since=since)
    coach = session().get_one(Coach, bank.coach_id)
    tell_bank_changed(coach, _l("Stripe pays you to the bank account that ends in %(last4)s from now on.", last4=last4))


@transactional
def note_removal(account_id: str, *, bank_id: str, last4: str) -> None:
    """Record and tell the coach, once, that the bank account which Stripe paid them to was removed there.

    Nothing for an account that is not ours, and where another bank account has taken its place already.
    """
    bank = _locked(account_id)
    if bank is None:
        return
    noted = _noted(bank)
    if noted and noted[-1].details["bank"] != bank_id:
        return
    if any(entry.details["bank"] == bank_id for entry in _entries(bank, "bank.account_removed")):
        return
    record(None, "bank.account_removed", bank.coach_id, bank=bank_id, hint=last4)
    coach = session().get_one(Coach, bank.coach_id)
    tell_bank_changed(
        coach, _l("The bank account that ends in %(last4)s was removed from your account at Stripe.", last4=last4)
    )


def _locked(account_id: str) -> ConnectedAccount | None:
    """The account, if it is ours. Of two jobs with one event the second sees what the first has recorded."""
    known = bank_account_queries.account(account_id)
    if known is None:
        return None
    return session().get_one(ConnectedAccount, known.id, with_for_update=True, populate_existing=True)


def _noted(bank: ConnectedAccount) -> list[AuditEntry]:
    return _entries(bank, "bank.account_noted")


def _entries(bank: ConnectedAccount, action: str) -> list[AuditEntry]:
    return [entry for entry in timeline_of(bank.coach_id) if entry.action == action]
