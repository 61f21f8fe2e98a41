"""Bank details that a coach gives us: checked, sealed, masked; countries Stripe pays to."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from stdnum import bic as bics
from stdnum import iban as ibans
from stdnum.exceptions import ValidationError

from marketplace.errors import Unavailable
from marketplace.languages import gettext as _

# In place of Stripe's word: it does not let us at the account any more; the account has no bank account any more.
GONE, NO_BANK_ACCOUNT = "gone", "no_bank_account"
# Stripe opens recipient accounts in these countries (https://stripe.com/global).
COUNTRIES = tuple(
    """AT AU BE BG CA CH CY CZ DE DK EE ES FI FR GB GR HK HR HU IE IT JP LI LT LU LV MT MX NL NO NZ PL PT RO SE SG SI
    SK TH US""".split()  # noqa: SIM905  a paragraph reads better than forty lines
)
# Platforms in these countries pay to each other's (https://docs.stripe.com/connect/cross-border-payouts); one in the
# United States to every other as well (assumed of the rest: the documentation names more for some accounts). Any other
# platform pays to its own country alone.
_PAY_EACH_OTHER = frozenset(
    """AT BE BG CA CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IT LI LT LU LV MT NL NO PL PT RO SE SI SK US""".split()  # noqa: SIM905
)
LONGEST_HOLDER = 120
LONGEST_REFERENCE = 100
LONGEST_REASON = 500

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}")
_ACCOUNT = re.compile(r"[A-Z0-9]{4,34}")


class BankDetailsKeyMissing(Unavailable):
    """These bank details were encrypted with a key that is not among NOTES_KEYS any more; ask the coach for them."""


@dataclass(frozen=True)
class Details:
    """Where money goes by a transfer that a person makes.

    `account` is an IBAN, or another number with its `bic`.
    """

    holder: str
    country: str
    account: str
    bic: str = ""
    bank_code: str = ""

    @property
    def hint(self) -> str:
        """The account as it may be shown: its last four signs, with the country of an IBAN."""
        front = self.account[:2] if _IBAN.fullmatch(self.account) else ""
        return f"{front}…{self.account[-4:]}"


def payable_from(platform_country: str) -> tuple[str, ...]:
    """The countries that a platform in `platform_country` can pay to through Stripe."""
    if platform_country == "US":
        return COUNTRIES
    if platform_country in _PAY_EACH_OTHER:
        return tuple(country for country in COUNTRIES if country in _PAY_EACH_OTHER)
    return tuple(country for country in COUNTRIES if country == platform_country)


def tidy(text: str) -> str:
    """An account or code without the spaces and dashes that people write into it, in capitals."""
    return re.sub(r"[\s-]", "", text).upper()


def wrong(details: Details) -> dict[str, str]:
    """What is wrong with bank details, by field.

    The check digits of IBANs are counted, a BIC's country is compared.
    """
    found: dict[str, str] = {}
    if _IBAN.fullmatch(details.account):
        if not ibans.is_valid(details.account, check_country=False):
            found["account"] = _("This IBAN has a mistake in it. Compare it with your bank's paper.")
        elif details.account[:2] != details.country:
            found["country"] = _("This IBAN is one of %(country)s.", country=details.account[:2])
    elif not _ACCOUNT.fullmatch(details.account) or not re.search(r"[0-9]", details.account):
        found["account"] = _("Write your IBAN, or your account's number.")
    elif not details.bic:
        found["bic"] = _("An account without an IBAN needs its bank's BIC.")
    if details.bic:
        try:
            bics.validate(details.bic)
        except ValidationError:
            found["bic"] = _("Write a BIC like DEUTDEFF or DEUTDEFF500.")
        else:
            if details.bic[4:6] != details.country:
                found["bic"] = _("This bank is in %(country)s.", country=details.bic[4:6])
    return found


def wrong_date(on: date, *, first: date, last: date) -> str | None:
    """Why a transfer cannot have been made on that day; None: it can."""
    if on > last:
        return _("This day is still to come.")
    return _("This payout was not proposed yet on that day.") if on < first else None


def sealed(details: Details, keys: Sequence[bytes]) -> bytes:
    """Bank details as a Fernet token of the first key."""
    return MultiFernet([Fernet(key) for key in keys]).encrypt(json.dumps(asdict(details)).encode())


def opened(token: bytes, keys: Sequence[bytes]) -> Details:
    """The bank details of a token that any of the keys made; raises BankDetailsKeyMissing."""
    try:
        return Details(**json.loads(MultiFernet([Fernet(key) for key in keys]).decrypt(token)))
    except InvalidToken as error:
        raise BankDetailsKeyMissing from error
