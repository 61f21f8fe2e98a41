"""Descriptions of entries and accounts for admins."""

import re
from collections.abc import Mapping
from datetime import date

from marketplace.languages import LazyText
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.ledger import rules as ledger

# By the front of an entry's key. Where money may go either way, the second sentence is the way back.
FACTS: Mapping[str, tuple[LazyText, LazyText | str]] = {
    "paid": (_l("The mentee paid"), ""),
    "stripe-fee": (_l("Stripe took its fee"), ""),
    "release-coach": (_l("Earning released to the coach"), ""),
    "release-fee": (_l("We earned our fee"), ""),
    "refund": (_l("Refunded to the mentee"), ""),
    "refund-failed": (_l("A refund failed: the mentee's bank did not take it"), ""),
    "dispute": (
        _l("The mentee's bank took the disputed amount"),
        _l("The mentee's bank gave the disputed amount back"),
    ),
    "dispute-fee": (_l("Stripe took its fee for the dispute"), _l("Stripe gave its fee for the dispute back")),
    "dispute-reserve": (_l("Set aside from the coach's earnings"), ""),
    "dispute-lost": (_l("The dispute was lost: what was kept pays for it"), ""),
    "dispute-won": (_l("The dispute is over: what was set aside is the coach's again"), ""),
    "dispute-eased": (_l("Less was lost than was set aside: the rest is the coach's again"), ""),
    "dispute-returned": (_l("An appeal was won: what the dispute had cost is back"), ""),
    "dispute-released-coach": (_l("The coach earned what the appeal brought back"), ""),
    "dispute-released-fee": (_l("We earned our fee on what the appeal brought back"), ""),
    "refund-by-bank": (_l("The mentee's bank paid a refund that had failed"), ""),
    "refund-not-by-bank": (_l("An appeal was won: the refund that failed is owed by us again"), ""),
    "refund-covered": (_l("The mentee's bank paid a refund that had waited for it"), ""),
    "refund-covered-tax": (_l("The tax in a refund that the mentee's bank paid"), ""),
    "refund-uncovered-tax": (_l("An appeal was won: the tax in the refund is owed by us again"), ""),
    "refund-uncovered": (_l("An appeal was won: the refund is owed by us again"), ""),
    "beyond-coach": (_l("Goodwill refund, from the coach's share"), ""),
    "beyond-fee": (_l("Goodwill refund, at our cost"), ""),
    "balance": (
        _l("Into our balance at Stripe, from our bank or by Stripe"),
        _l("Out of our balance at Stripe: to our bank, or a fee"),
    ),
    "balance-fee": (_l("Stripe gave a fee of our own balance back"), _l("Stripe took a fee of our own balance")),
    "exchange-from": (_l("Stripe converted it into another currency"), _l("Stripe converted another currency for it")),
    "exchange-into": (_l("Stripe took this for another currency"), _l("Stripe made this of another currency")),
    "payout-sent": (_l("On its way to the coach's bank"), ""),
    "payout-arrived": (_l("The transfer was made"), ""),
    "payout-returned": (_l("The transfer was refused: the money is the coach's again"), ""),
    "payout-reversed": (_l("The transfer was reversed: the money is the coach's again"), ""),
}

ACCOUNTS = {
    ledger.STRIPE: _l("Our balance at Stripe"),
    ledger.STRIPE_FEES: _l("Stripe's fees"),
    ledger.ADJUSTMENTS: _l("Adjustments and reserves of Stripe's"),
    ledger.REVENUE: _l("Our fees"),
    ledger.SESSIONS_OWED: _l("Paid, not yet earned"),
    ledger.IN_TRANSIT: _l("Payouts on their way"),
    ledger.DISPUTES: _l("Disputes"),
    ledger.EXCHANGE: _l("Converted by Stripe"),
    ledger.BANK: _l("Sent from our own bank"),
}
OF_PEOPLE = {"coach": _l("Owed to %(name)s"), "coach_reserve": _l("Disputed, set aside for %(name)s")}
KINDS = ACCOUNTS | {"coach": _l("Owed to coaches"), "coach_reserve": _l("Disputed, set aside for coaches")}


def fact(key: str, debit: str) -> str:
    """What happened, in words: 'paid:<id>' -> 'The mentee paid'."""
    name = key.partition(":")[0]
    if name not in FACTS:
        return _words(name)
    there, back = FACTS[name]
    return str(back if back and debit == ledger.STRIPE else there)


def kind(name: str) -> str:
    """A sort of account in words."""
    return str(KINDS.get(name, _words(name)))


def account(name: str, people: Mapping[str, str]) -> str:
    """An account in words; `people` are the handles of coaches by the ids that stand in names of accounts."""
    sort, _colon, owner = name.partition(":")
    if not owner:
        return str(ACCOUNTS.get(name, _words(name)))
    called = f"@{people[owner]}" if owner in people else owner
    return _(OF_PEOPLE[sort].message, name=called) if sort in OF_PEOPLE else f"{_words(sort)} {called}"


def _words(name: str) -> str:
    words = re.sub(r"[-_]+", " ", name).strip()
    return words[:1].upper() + words[1:]


def days_of_month(month: date) -> tuple[date, date]:
    """Its first and its last day."""
    first = month.replace(day=1)
    return first, date.fromordinal(ledger.month_after(first).toordinal() - 1)


def worth(cents: int, *, from_cents: int, into_cents: int) -> int:
    """`cents`, which may be negative, at the rate that made `into_cents` out of `from_cents`, to the nearest unit."""
    return (2 * cents * into_cents + from_cents) // (2 * from_cents)
