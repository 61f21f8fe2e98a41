"""The other side of every balance transaction, and whether objects and books agree.

A balance transaction names one account only, the one whose balance it moves. Here each gets its counterpart: those
who pay, the card networks, banks, Stripe's own fees, and a clearing account through which transfers go from one
balance to another. All of it sums to zero by construction; that transfers clear to zero, and that charges, refunds,
disputes, payouts and transfers were booked exactly once each, is what is looked at.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from .box import Sandbox
from .shapes import Obj

PAYERS, NETWORKS, BANKS, FEES, CLEARING = "payers", "networks", "banks", "stripe_fees", "transfers"
COUNTERPARTS = {
    "charge": PAYERS,
    "payment": PAYERS,
    "refund": PAYERS,
    "payment_refund": PAYERS,
    "refund_failure": PAYERS,
    "payment_failure_refund": PAYERS,
    "adjustment": NETWORKS,
    "payout": BANKS,
    "payout_cancel": BANKS,
    "payout_failure": BANKS,
    "topup": BANKS,
    "stripe_fee": FEES,
    "transfer": CLEARING,
    "transfer_refund": CLEARING,
}
# Of a connected account these are the far end of a transfer; it has no payers of its own here.
FAR_END = frozenset({"payment", "payment_refund"})
Totals = dict[str, dict[str, int]]


def books(box: Sandbox) -> Obj:
    """`{accounts: {name: {currency: minor units}}, sums: {currency: 0}, differences: [sentence]}`.

    `balance:platform` and `balance:acct_…` are what Stripe holds for them; what left a balance stands with a plus at
    whoever has it now.
    """
    accounts: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    booked: defaultdict[str, int] = defaultdict(int)
    for account, line in _lines(box):
        amount, fee, currency = line["amount"], line["fee"], line["currency"]
        far = line["type"] in FAR_END and account
        accounts[f"balance:{account or 'platform'}"][currency] += line["net"]
        accounts[CLEARING if far else COUNTERPARTS[line["type"]]][currency] -= amount
        accounts[FEES][currency] += fee
        booked[line["source"]] += line["_asked_for"]
    sums: defaultdict[str, int] = defaultdict(int)
    for totals in accounts.values():
        for currency, units in totals.items():
            sums[currency] += units
    return {
        "accounts": {name: dict(totals) for name, totals in sorted(accounts.items())},
        "sums": dict(sums),
        "differences": [*_unbalanced(sums), *_uncleared(accounts[CLEARING]), *_misbooked(box, booked)],
    }


def _lines(box: Sandbox) -> Iterator[tuple[str, Obj]]:
    rows = box.store.db.execute("select account, body from objects where kind = 'balance_transaction' order by seq")
    for row in rows.fetchall():
        yield row["account"], box.store.read(row)


def _unbalanced(sums: dict[str, int]) -> Iterator[str]:
    for currency, units in sums.items():
        if units:
            yield f"All accounts together come to {units} {currency}, not 0."


def _uncleared(clearing: dict[str, int]) -> Iterator[str]:
    for currency, units in clearing.items():
        if units:
            yield f"Transfers of {units} {currency} have left one balance and reached no other."


def _misbooked(box: Sandbox, booked: dict[str, int]) -> Iterator[str]:
    """What objects say was moved against what was booked in their name."""
    back: defaultdict[str, int] = defaultdict(int)
    for refund in _all(box, "refund"):
        gone = refund["status"] in ("failed", "canceled")
        back[refund["charge"]] += 0 if gone else refund["amount"]
        left = -refund["amount"] if refund["balance_transaction"] and not gone else 0
        yield from _compared(refund, booked, left)
    for charge in _all(box, "charge"):
        yield from _compared(charge, booked, charge["amount_captured"] if charge["balance_transaction"] else 0)
        if charge["captured"] and charge["amount_refunded"] != back[charge["id"]]:
            yield f"{charge['id']} says {charge['amount_refunded']} went back, its refunds say {back[charge['id']]}."
    for dispute in _all(box, "dispute"):
        withdrawn = dispute["status"] in ("needs_response", "under_review", "lost")
        yield from _compared(dispute, booked, -dispute["amount"] if withdrawn else 0)
    for payout in _all(box, "payout"):
        returned = payout["status"] in ("failed", "canceled")
        yield from _compared(payout, booked, 0 if returned else -payout["amount"])
    for transfer in _all(box, "transfer"):
        yield from _compared(transfer, booked, -transfer["amount"])
        reversals = [one["amount"] for one in _all(box, "transfer_reversal", transfer=transfer["id"])]
        if transfer["amount_reversed"] != sum(reversals):
            yield f"{transfer['id']} says {transfer['amount_reversed']} was reversed, its reversals {sum(reversals)}."


def _all(box: Sandbox, kind: str, **where: Any) -> list[Obj]:
    return box.store.find(kind, account=None, where=where)


def _compared(obj: Obj, booked: dict[str, int], expected: int) -> Iterator[str]:
    if booked[obj["id"]] != expected:
        yield f"{obj['id']} moved {expected} {obj['currency']}, and {booked[obj['id']]} was booked."
