"""Our own invoices: once a month to each coach for the fee on their sessions."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from itertools import groupby
from typing import Any

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.db import transactional
from marketplace.invoices import queries, rules
from marketplace.invoices.service import notifications as invoice_notifications
from marketplace.invoices.service.details import party, platform, platform_basis_points
from marketplace.invoices.service.numbering import write
from marketplace.languages import formats, speaking
from marketplace.languages import gettext as _


def issue_fee_invoices() -> None:
    """Invoice fees of past months (UTC) not invoiced yet: one a coach, month and currency."""
    month = clock.now().date()
    for _back in range(rules.FEES_LOOK_BACK_MONTHS):
        month = rules.month_before(month)
        since, until = (datetime.combine(day, time(), UTC) for day in (month, rules.month_after(month)))
        found = sorted(queries.fees(since, until), key=lambda fee: (fee.coach_id, fee.currency))
        for _whose, fees in groupby(found, key=lambda fee: (fee.coach_id, fee.currency)):
            _issue(month, list(fees))


@transactional
def _issue(month: date, fees: Sequence[queries.SessionFee]) -> None:
    """Issue a month's invoice unless it is there; only then is a number taken."""
    coach_id, currency = fees[0].coach_id, fees[0].currency
    key = f"fee:{coach_id}:{currency}:{month:%Y-%m}"
    total = sum(fee.cents for fee in fees)
    coach = queries.coach_user(coach_id)
    if total == 0 or queries.issued(key):
        return
    with speaking(coach.preferences):
        made = write(
            key=key,
            kind=rules.INVOICE if total > 0 else rules.CREDIT_NOTE,
            seller=None,
            buyer=coach,
            currency=currency,
            content=_content(month, fees, total, coach),
        )
    invoice_notifications.issued(made, coach)


def _content(month: date, fees: Sequence[queries.SessionFee], total: int, coach: User) -> dict[str, Any]:
    basis_points, named = platform_basis_points(), formats.month(month)
    items = [(_("Fee: %(title)s", title=fee.title), rules.dated(fee.starts_at), fee.cents) for fee in fees]
    if total < 0 or any(fee.cents < 0 for fee in fees):
        items = [(_("Fees of %(month)s, less those refunded", month=named), "", abs(total))]
    return rules.content(
        platform(),
        party(coach),
        rules.lines(items, rules.tax_within(abs(total), basis_points or 0)),
        notes=[_("Kept when your earnings became payable in %(month)s. Nothing is left to pay.", month=named)],
        basis_points=basis_points,
    )
