"""Why a payout waits or failed: a code with parameters, told to its coach or an admin."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from marketplace import money
from marketplace.languages import LazyText
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l

DEBT, UNDER_WAY, NOTHING, BELOW_MINIMUM = "debt", "under_way", "nothing_payable", "below_minimum"
ON_HOLD, SUSPENDED, NO_BANK, BANK_NOT_READY = "on_hold", "suspended", "no_bank", "bank_not_ready"
NOT_ASKED, PAID_THIS_MONTH = "not_asked", "paid_this_month"
NO_BANK_ACCOUNT = "no_bank_account"
NOT_COVERED, PLATFORM_BALANCE = "not_covered", "platform_balance"
STRIPE_SAID, BANK_SAID, BALANCE_SPENT = "stripe_said", "bank_said", "balance_spent"

# Two whole sentences for each code: as its coach reads it, and as an admin does, who reads the coach's name.
# `sum` is the parameters' amount of money, `words` what an admin, a bank or Stripe said, as they said it.
SENTENCES: Mapping[str, tuple[LazyText, LazyText]] = {
    DEBT: (
        _l("You owe %(sum)s; it is netted from what you earn next."),
        _l("%(name)s owes %(sum)s; it is netted from the next earnings."),
    ),
    UNDER_WAY: (
        _l("A payout to you is under way; the rest follows in the next run."),
        _l("A payout to %(name)s is under way; the rest follows in the next run."),
    ),
    NOTHING: (_l("Nothing is payable."), _l("Nothing is payable.")),
    BELOW_MINIMUM: (_l("Below the minimum of %(sum)s."), _l("Below the minimum of %(sum)s.")),
    ON_HOLD: (_l("On hold: %(words)s"), _l("On hold: %(words)s")),
    SUSPENDED: (_l("Your profile is suspended."), _l("%(name)s's profile is suspended.")),
    NO_BANK: (_l("You have not connected a bank yet."), _l("%(name)s has not connected a bank yet.")),
    BANK_NOT_READY: (
        _l("Your bank details are not complete at our payment provider."),
        _l("%(name)s's bank details are not complete at our payment provider."),
    ),
    NO_BANK_ACCOUNT: (
        _l("Your account at our payment provider has no bank account any more."),
        _l("%(name)s's account at our payment provider has no bank account any more."),
    ),
    NOT_ASKED: (
        _l("You are paid out when you ask for it, and have not asked."),
        _l("%(name)s is paid out on request, and has not asked."),
    ),
    PAID_THIS_MONTH: (
        _l("You are paid out once a month, and this month's payout has been proposed."),
        _l("%(name)s is paid out once a month, and this month's payout has been proposed."),
    ),
    NOT_COVERED: (
        _l("Your balance has fallen to %(sum)s since this was proposed; the next run carries what is left."),
        _l("%(name)s's balance has fallen to %(sum)s since this was proposed; the next run carries what is left."),
    ),
    PLATFORM_BALANCE: (
        _l("Our own balance at the payment provider does not cover it yet."),
        _l("Our own balance at the payment provider does not cover it yet."),
    ),
    STRIPE_SAID: (_l("Our payment provider did not take it. Our admins have been told."), _l("%(words)s")),
    BANK_SAID: (_l("%(words)s"), _l("%(words)s")),
    BALANCE_SPENT: (
        _l("Your balance at our payment provider is smaller than this: what was sent has gone on to your bank."),
        _l(
            "%(name)s's balance at our payment provider is smaller than this: what was sent has gone on to the bank. "
            "Try again when there is as much."
        ),
    ),
}


@dataclass(frozen=True)
class Reason:
    """A code of `SENTENCES` with its parameters: `amount` (cents) and `currency`, or `words`."""

    code: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def stored(self) -> dict[str, Any]:
        """As the database keeps it."""
        return {"code": self.code, "parameters": dict(self.parameters)}

    def parameters_for(self, coach_name: str | None) -> dict[str, Any]:
        """The parameters for whom `told` tells it: what Stripe said is for admins alone."""
        return {} if self.code == STRIPE_SAID and coach_name is None else dict(self.parameters)

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """What `stored` gave."""
        return cls(stored["code"], stored["parameters"])

    def told(self, coach_name: str | None = None) -> str:
        """The sentence: to an admin, who reads `coach_name`; without one, to the coach."""
        for_coach, for_admin = SENTENCES[self.code]
        said = dict(self.parameters)
        if "amount" in said:
            said["sum"] = money.spoken(said["amount"], said["currency"])
        return _((for_coach if coach_name is None else for_admin).message, name=coach_name, **said)


def of_money(code: str, cents: int, currency: str) -> Reason:
    """A reason that names a sum."""
    return Reason(code, {"amount": cents, "currency": currency})


def in_words(code: str, words: str) -> Reason:
    """A reason that somebody gave in words, which are kept as they are."""
    return Reason(code, {"words": words})
