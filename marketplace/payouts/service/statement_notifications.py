"""The mail that says what was paid and for which sessions."""

from marketplace import config, money
from marketplace.notifications.service import notify
from marketplace.payouts.models import Payout
from marketplace.payouts.queries import payout_lines as payout_line_queries


def tell_coach(payout: Payout) -> None:
    """Send the coach the statement of a payout, once."""
    lines = payout_line_queries.statement_lines(payout)
    public_url = config.current().public_url
    amount = money.spoken(payout.amount_cents, payout.currency)
    notify(
        payout.coach.user.email,
        subject=f"{amount} is on its way to your bank",
        template="statement",
        key=f"statement:{payout.id}",
        name=payout.coach.user.name,
        amount=amount,
        sent_as=money.spoken(payout.sent_cents or 0, payout.sent_currency or "") if payout.conversion else "",
        lines=lines,
        currency=payout.currency,
        zone=payout.coach.timezone,
        earnings_url=f"{public_url}/dashboard/earnings",
    )
