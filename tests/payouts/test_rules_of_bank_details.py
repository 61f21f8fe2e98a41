"""Bank details: what is wrong with them, how they are shown and sealed, and when a transfer can have been made."""

from datetime import date, timedelta

import pytest

from marketplace.payouts.rules import bank_details as bank_details_rules
from marketplace.payouts.rules.bank_details import (
    BankDetailsKeyMissing,
    Details,
    opened,
    sealed,
    tidy,
    wrong,
    wrong_date,
)

IBAN = "RS35260005601001611379"
# By the country's own digits inside it is mistaken, by those of every IBAN it is not.
SPANISH = "ES6421000418450200051333"
SERBIAN = Details("Ada Lovelace", "RS", IBAN)
INDIAN = Details("Ada Lovelace", "IN", "1234567890", "SBININBB", "SBIN0000001")
KEY = b"oyXlaAUMtNMI5ecxVgqMZLN2YqBGbaGiiTFn7ovYCUw="
OTHER_KEY = b"g1fAT1mVNGVdo7o3kZqL9i7ktRUVbLKWzZd8-w9TJ3k="

MISTAKEN = {"account": "This IBAN has a mistake in it. Compare it with your bank's paper."}
NO_ACCOUNT = {"account": "Write your IBAN, or your account's number."}
NO_BIC = {"bic": "An account without an IBAN needs its bank's BIC."}
WRONG_BIC = {"bic": "Write a BIC like DEUTDEFF or DEUTDEFF500."}


@pytest.mark.parametrize(
    ("details", "found"),
    [
        (SERBIAN, {}),
        (INDIAN, {}),
        (Details("A", "GB", "GB29NWBK60161331926819", "NWBKGB2L"), {}),
        (Details("A", "ES", SPANISH), {}),
        (Details("A", "RS", "RS35260005601001611378"), MISTAKEN),
        (Details("A", "GB", "RS35260005601001611378"), MISTAKEN),
        (Details("A", "GB", IBAN), {"country": "This IBAN is one of RS."}),
        (Details("A", "US", IBAN), {"country": "This IBAN is one of RS."}),
        (Details("A", "IN", "1234567890"), NO_BIC),
        (Details("A", "IN", "1234567890", "NOBIC"), WRONG_BIC),
        (Details("A", "IN", "1234567890", "DEUTDEFF"), {"bic": "This bank is in DE."}),
        (Details("A", "IN", "1234567890", "BOFAUS3N"), {"bic": "This bank is in US."}),
        (Details("A", "IN", "12"), NO_ACCOUNT),
        (Details("A", "IN", "12", "SBININBB"), NO_ACCOUNT),
        (Details("A", "IN", "12", "NOBIC"), NO_ACCOUNT | WRONG_BIC),
        (Details("A", "IN", "ABCDEFGH", "SBININBB"), NO_ACCOUNT),
        (Details("A", "IN", ""), NO_ACCOUNT),
    ],
)
def test_what_is_wrong_with_an_account_is_told_at_its_field(details, found):
    assert wrong(details) == found


@pytest.mark.parametrize(
    ("account", "hint"), [(IBAN, "RS…1379"), ("1234567890", "…7890"), ("1234", "…1234"), ("RS35", "…RS35")]
)
def test_an_account_is_shown_by_its_last_four_signs(account, hint):
    assert Details("A", "RS", account).hint == hint


@pytest.mark.parametrize(
    ("written", "kept"), [("rs35 2600-0560", "RS3526000560"), (" \t12-34\n", "1234"), ("DEUTDEFF", "DEUTDEFF")]
)
def test_blanks_and_dashes_are_no_part_of_an_account(written, kept):
    assert tidy(written) == kept


def test_details_are_sealed_under_the_first_key_and_opened_by_any():
    token = sealed(SERBIAN, [KEY, OTHER_KEY])
    assert IBAN.encode() not in token
    assert opened(token, [OTHER_KEY, KEY]) == SERBIAN
    assert opened(sealed(INDIAN, [KEY]), [KEY]) == INDIAN
    with pytest.raises(BankDetailsKeyMissing):
        opened(token, [OTHER_KEY])


def test_the_day_of_a_transfer_lies_between_its_proposal_and_today():
    first, last = date(2027, 3, 2), date(2027, 3, 9)
    days = [first - timedelta(days=1), first, date(2027, 3, 5), last, last + timedelta(days=1)]
    assert [wrong_date(day, first=first, last=last) for day in days] == [
        "This payout was not proposed yet on that day.",
        None,
        None,
        None,
        "This day is still to come.",
    ]


def test_how_much_may_be_written():
    assert (
        bank_details_rules.LONGEST_HOLDER,
        bank_details_rules.LONGEST_REFERENCE,
        bank_details_rules.LONGEST_REASON,
    ) == (120, 100, 500)


@pytest.mark.parametrize(
    ("platform", "pays", "pays_not"),
    [
        ("US", {"US", "DE", "TH", "JP"}, set()),
        ("DE", {"DE", "US", "GB"}, {"TH", "JP"}),
        ("JP", {"JP"}, set(bank_details_rules.COUNTRIES) - {"JP"}),
        ("AU", {"AU"}, set(bank_details_rules.COUNTRIES) - {"AU"}),
        ("ZA", set(), set(bank_details_rules.COUNTRIES)),
    ],
)
def test_coaches_are_paid_in_countries_that_follow_the_platforms_own(platform, pays, pays_not):
    # A setting is another object than the letters in the source.
    found = set(bank_details_rules.payable_from("".join(list(platform))))
    assert pays <= found
    assert not pays_not & found
