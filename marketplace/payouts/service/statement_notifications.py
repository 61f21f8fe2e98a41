"""The mail that says what was paid and for which sessions."""

from marketplace import config
from marketplace.languages import speaking
from marketplace.notifications.service import notify
from marketplace.payouts.models import Payout
from marketplace.payouts.queries import payout_lines as payout_line_queries


def tell_coach(payout: Payout) -> None:
    """Send the coach the statement of a payout, once."""
    coach = payout.coach
    with speaking(coach.user.preferences):
        notify(
            coach.user.email,
            template="statement",
            key=f"statement:{payout.id}",
            name=coach.user.name,
            amount_cents=payout.amount_cents,
            sent_cents=payout.sent_cents or 0 if payout.conversion else None,
            sent_currency=payout.sent_currency or "",
            lines=payout_line_queries.statement_lines(payout),
            currency=payout.currency,
            zone=coach.timezone,
            earnings_url=f"{config.current().public_url}/dashboard/earnings",
        )
