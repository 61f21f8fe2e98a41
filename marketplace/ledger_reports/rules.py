"""Descriptions of entries and accounts for admins."""

import re
from collections.abc import Mapping
from datetime import date

from marketplace.ledger import rules as ledger

# By the front of an entry's key. Where money may go either way, the second sentence is the way back.
FACTS = {
    "paid": ("The mentee paid", ""),
    "stripe-fee": ("Stripe took its fee", ""),
    "release-coach": ("Earning released to the coach", ""),
    "release-fee": ("We earned our fee", ""),
    "refund": ("Refunded to the mentee", ""),
    "refund-failed": ("A refund failed: the mentee's bank did not take it", ""),
    "dispute": ("The mentee's bank took the disputed amount", "The mentee's bank gave the disputed amount back"),
    "dispute-fee": ("Stripe took its fee for the dispute", "Stripe gave its fee for the dispute back"),
    "dispute-reserve": ("Set aside from the coach's earnings", ""),
    "dispute-lost": ("The dispute was lost: what was kept pays for it", ""),
    "dispute-won": ("The dispute is over: what was set aside is the coach's again", ""),
    "dispute-eased": ("Less was lost than was set aside: the rest is the coach's again", ""),
    "dispute-returned": ("An appeal was won: what the dispute had cost is back", ""),
    "dispute-released-coach": ("The coach earned what the appeal brought back", ""),
    "dispute-released-fee": ("We earned our fee on what the appeal brought back", ""),
    "refund-by-bank": ("The mentee's bank paid a refund that had failed", ""),
    "refund-not-by-bank": ("An appeal was won: the refund that failed is owed by us again", ""),
    "refund-covered": ("The mentee's bank paid a refund that had waited for it", ""),
    "refund-covered-tax": ("The tax in a refund that the mentee's bank paid", ""),
    "refund-uncovered-tax": ("An appeal was won: the tax in the refund is owed by us again", ""),
    "refund-uncovered": ("An appeal was won: the refund is owed by us again", ""),
    "beyond-coach": ("Goodwill refund, from the coach's share", ""),
    "beyond-fee": ("Goodwill refund, at our cost", ""),
    "balance": (
        "Into our balance at Stripe, from our bank or by Stripe",
        "Out of our balance at Stripe: to our bank, or a fee",
    ),
    "balance-fee": ("Stripe gave a fee of our own balance back", "Stripe took a fee of our own balance"),
    "exchange-from": ("Stripe converted it into another currency", "Stripe converted another currency for it"),
    "exchange-into": ("Stripe took this for another currency", "Stripe made this of another currency"),
    "payout-sent": ("On its way to the coach's bank", ""),
    "payout-arrived": ("The transfer was made", ""),
    "payout-returned": ("The transfer was refused: the money is the coach's again", ""),
    "payout-reversed": ("The transfer was reversed: the money is the coach's again", ""),
}

ACCOUNTS = {
    ledger.STRIPE: "Our balance at Stripe",
    ledger.STRIPE_FEES: "Stripe's fees",
    ledger.ADJUSTMENTS: "Adjustments and reserves of Stripe's",
    ledger.REVENUE: "Our fees",
    ledger.SESSIONS_OWED: "Paid, not yet earned",
    ledger.IN_TRANSIT: "Payouts on their way",
    ledger.DISPUTES: "Disputes",
    ledger.EXCHANGE: "Converted by Stripe",
    ledger.BANK: "Sent from our own bank",
}
OF_PEOPLE = {"coach": "Owed to {}", "coach_reserve": "Disputed, set aside for {}"}
KINDS = ACCOUNTS | {"coach": "Owed to coaches", "coach_reserve": "Disputed, set aside for coaches"}


def fact(key: str, debit: str) -> str:
    """What happened, in words: 'paid:<id>' -> 'The mentee paid'."""
    name = key.partition(":")[0]
    there, back = FACTS.get(name, (_words(name), ""))
    return back if back and debit == ledger.STRIPE else there


def kind(name: str) -> str:
    """A sort of account in words."""
    return KINDS.get(name, _words(name))


def account(name: str, people: Mapping[str, str]) -> str:
    """An account in words; `people` are the handles of coaches by the ids that stand in names of accounts."""
    sort, _, owner = name.partition(":")
    if not owner:
        return ACCOUNTS.get(name, _words(name))
    called = f"@{people[owner]}" if owner in people else owner
    return OF_PEOPLE.get(sort, f"{_words(sort)} {{}}").format(called)


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
