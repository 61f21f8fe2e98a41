"""Commands: what Stripe says of the bank account that it pays a coach to."""

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
    known = bank_account_queries.account(account_id)
    if known is None:
        return
    # Of two jobs with one event the second sees what the first has recorded.
    bank = session().get_one(ConnectedAccount, known.id, with_for_update=True, populate_existing=True)
    noted = [entry for entry in timeline_of(bank.coach_id) if entry.action == "bank.account_noted"]
    if noted and (noted[-1].details["bank"] == bank_id or noted[-1].details["since"] > since):
        return
    record(None, "bank.account_noted", bank.coach_id, bank=bank_id, hint=last4, since=since)
    coach = session().get_one(Coach, bank.coach_id)
    tell_bank_changed(coach, _l("Stripe pays you to the bank account that ends in %(last4)s from now on.", last4=last4))
