"""Mia's employer pays what Ada quoted."""

import pytest

from marketplace.asks.payers.service import links
from marketplace.asks.quotes import service as quotes
from marketplace.payments.billing_parties.rules import Named

ACME = Named("Acme Ltd", "1 Long Street\nLeeds", "GB 123 456", "PO-7781", "accounts@acme.example")
PURPOSE = "Training: leading a team"


def secret_of(url):
    """What stands behind the last stroke of a link."""
    return url.rpartition("/")[2]


@pytest.fixture
def quote(ask, ada):
    """Ada offers 45 minutes for 90.00 USD."""
    return quotes.quote(ada.user, ask_id=ask.id, minutes=45, price_cents=None, note="Bring both reviews.")


@pytest.fixture
def secret(quote, mia):
    """What stands in the link that Mia made."""
    return secret_of(links.make_link(mia, quote_id=quote.id, purpose=PURPOSE))
