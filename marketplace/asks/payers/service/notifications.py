"""What askers are told of who pays."""

from typing import Any

from marketplace import clock, config
from marketplace.asks.models import Ask
from marketplace.asks.payers import queries
from marketplace.asks.payers.queries import PayerPage
from marketplace.asks.quotes.models import Quote
from marketplace.db import transactional
from marketplace.languages import speaking
from marketplace.money import spoken
from marketplace.notifications.service import notify
from marketplace.payments.billing_parties import queries as billing_parties


def tell_paid(ask: Ask, quote: Quote) -> None:
    """Somebody paid by the link; nothing where the asker did."""
    subject_id = queries.subject_of(quote)
    party = None if subject_id is None else billing_parties.of_subject(subject_id)
    if party is not None and queries.found(quote.id).has_link:
        paid = spoken(queries.price_cents(quote), quote.currency)
        _tell(ask, quote, "quote_paid_for", key=f"quote-paid-for:{quote.id}", price=paid, payer=party.name)


@transactional
def tell_time_needed(page: PayerPage) -> None:
    """Somebody would pay, and there is no time to pay for; once for each time that was chosen."""
    quote = page.quote
    chosen = quote.booking_id or "none"
    when = None if page.starts_at is None else clock.spoken(page.starts_at, quote.ask.asker.timezone)
    price = spoken(page.price_cents, quote.currency)
    _tell(quote.ask, quote, "quote_needs_time", key=f"quote-needs-time:{quote.id}:{chosen}", price=price, when=when)


def _tell(ask: Ask, quote: Quote, template: str, *, key: str, **more: Any) -> None:
    asker = ask.asker
    with speaking(asker.preferences):
        notify(
            asker.email,
            template=template,
            key=key,
            name=asker.name,
            coach=ask.coach.user.name,
            written=quote.deliver_by is not None,
            valid_until=clock.spoken(quote.valid_until, asker.timezone),
            ask_url=f"{config.current().public_url}/asks/{ask.id}",
            **more,
        )
