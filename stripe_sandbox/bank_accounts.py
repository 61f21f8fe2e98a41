"""Bank accounts that money is paid out to: the platform's, and those of connected accounts."""

import stripe

from . import exchange
from .box import Sandbox
from .errors import StripeError
from .events import emit
from .ids import new_id
from .shapes import Obj, shape

KIND = "bank_account"
GOOD = "000123456789"
# docs.stripe.com/connect/testing#account-numbers, with Stripe's failure code and words.
FAILURES = {
    "000111111113": ("account_closed", "The bank account has been closed."),
    "000111111116": (
        "no_account",
        "The bank account details on file are probably incorrect. No bank account could be located with those details.",
    ),
}
NUMBERS = (GOOD, *FAILURES)


def of(box: Sandbox, account: str) -> Obj | None:
    """The bank account that payouts go to. The platform's is there from the first time it is asked for."""
    found = box.store.find(KIND, account=account, where={"_in_use": True})
    if found:
        return found[0]
    return None if account else _add(box, "", GOOD, country="US", currency="usd")


def of_platform(box: Sandbox) -> list[Obj]:
    """The platform's bank accounts as its own account shows them: one for each currency that it holds."""
    return [
        _shape("", GOOD, country=box.config.country, currency=code, id=f"ba_1Sandbox{code}")
        for code in box.settles or exchange.A_DOLLAR
    ]


def _add(box: Sandbox, account: str, number: str, *, country: str, currency: str) -> Obj:
    return box.add(_shape(account, number, country=country, currency=currency, _number=number, _in_use=True), account)


def _shape(account: str, number: str, *, country: str, currency: str, **more: object) -> Obj:
    bank = shape(
        stripe.BankAccount,
        account_holder_type="individual" if account else "company",
        available_payout_methods=["standard"],
        bank_name="STRIPE TEST BANK",
        country=country,
        currency=currency,
        default_for_currency=True,
        fingerprint=f"fp{number}",
        last4=number[-4:],
        metadata={},
        routing_number="110000000",
        status="new",
        **{"id": new_id("ba"), **more},
    )
    # An account that is paid out to belongs to no customer.
    return {name: value for name, value in bank.items() if name != "customer"}


def replace(box: Sandbox, account: str, number: str, *, country: str, currency: str) -> None:
    """Pay out to that number from now on; sends `account.external_account.created` (and `deleted` for the old), or
    `updated` when an account that had failed is confirmed."""
    old = of(box, account)
    if old and old["_number"] == number:
        if old["status"] != "new":
            set_status(box, old, account, "new")
        return
    if old:
        box.store.save(old | {"_in_use": False})
        emit(box, "account.external_account.deleted", old, account)
    bank = _add(box, account, number, country=country, currency=currency) | {"account": account}
    box.store.save(bank)
    emit(box, "account.external_account.created", bank, account)


def remove(box: Sandbox, account: str) -> Obj:
    """Take away the bank account that is paid out to, as its owner does; sends `account.external_account.deleted`."""
    bank = of(box, account)
    if bank is None:
        raise StripeError("There is no bank account.")
    box.store.save(bank | {"_in_use": False})
    emit(box, "account.external_account.deleted", bank, account)
    return bank


def set_status(box: Sandbox, bank: Obj, account: str, status: str) -> None:
    """`new`, or `errored` after a payout to it failed; sends `account.external_account.updated`."""
    previous = {"status": bank["status"]}
    bank["status"] = status
    box.store.save(bank)
    emit(box, "account.external_account.updated", bank, account, previous)
