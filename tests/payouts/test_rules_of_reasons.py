"""Every reason as its two readers read it, word for word."""

from dataclasses import FrozenInstanceError

import pytest

from marketplace.payouts.rules import reasons
from marketplace.payouts.rules.payables import Payable
from marketplace.payouts.rules.reasons import Reason, in_words, of_money

TYPED = "She says her card {name} was stolen; look at {sum} first."


CASES = [
    (
        of_money(reasons.DEBT, 1234, "usd"),
        "You owe 12.34 USD; it is netted from what you earn next.",
        "Ada owes 12.34 USD; it is netted from the next earnings.",
    ),
    (
        Reason(reasons.UNDER_WAY),
        "A payout to you is under way; the rest follows in the next run.",
        "A payout to Ada is under way; the rest follows in the next run.",
    ),
    (Reason(reasons.NOTHING), "Nothing is payable.", "Nothing is payable."),
    (
        of_money(reasons.BELOW_MINIMUM, 2000, "jpy"),
        "Below the minimum of 2,000 JPY.",
        "Below the minimum of 2,000 JPY.",
    ),
    # What an admin, a bank or Stripe said stands as it was said, whoever reads it.
    (in_words(reasons.ON_HOLD, TYPED), f"On hold: {TYPED}", f"On hold: {TYPED}"),
    (
        in_words(reasons.STRIPE_SAID, TYPED),
        "Our payment provider did not take it. Our admins have been told.",
        TYPED,
    ),
    (in_words(reasons.BANK_SAID, TYPED), TYPED, TYPED),
    (Reason(reasons.SUSPENDED), "Your profile is suspended.", "Ada's profile is suspended."),
    (Reason(reasons.NO_BANK), "You have not connected a bank yet.", "Ada has not connected a bank yet."),
    (
        Reason(reasons.BANK_NOT_READY),
        "Your bank details are not complete at our payment provider.",
        "Ada's bank details are not complete at our payment provider.",
    ),
    (
        Reason(reasons.NO_BANK_ACCOUNT),
        "Your account at our payment provider has no bank account any more.",
        "Ada's account at our payment provider has no bank account any more.",
    ),
    (
        Reason(reasons.NOT_ASKED),
        "You are paid out when you ask for it, and have not asked.",
        "Ada is paid out on request, and has not asked.",
    ),
    (
        Reason(reasons.PAID_THIS_MONTH),
        "You are paid out once a month, and this month's payout has been proposed.",
        "Ada is paid out once a month, and this month's payout has been proposed.",
    ),
    (
        of_money(reasons.NOT_COVERED, 10799, "usd"),
        "Your balance has fallen to 107.99 USD since this was proposed; the next run carries what is left.",
        "Ada's balance has fallen to 107.99 USD since this was proposed; the next run carries what is left.",
    ),
    (
        Reason(reasons.PLATFORM_BALANCE),
        "Our own balance at the payment provider does not cover it yet.",
        "Our own balance at the payment provider does not cover it yet.",
    ),
    (
        Reason(reasons.BALANCE_SPENT),
        "Your balance at our payment provider is smaller than this: what was sent has gone on to your bank.",
        "Ada's balance at our payment provider is smaller than this: what was sent has gone on to the bank. "
        "Try again when there is as much.",
    ),
]


@pytest.mark.parametrize(("reason", "for_coach", "for_admin"), CASES)
def test_a_reason_is_a_sentence_for_its_coach_and_one_for_admins(reason, for_coach, for_admin):
    assert (reason.told(), reason.told("Ada")) == (for_coach, for_admin)


@pytest.mark.parametrize(
    ("reason", "sentence"), [(None, None), (Reason(reasons.SUSPENDED), "Ada's profile is suspended.")]
)
def test_what_is_payable_says_to_admins_why_it_is_left_out(reason, sentence):
    assert Payable(None, "ada", "Ada", "usd", 5000, 0, reason).reason_for_admins == sentence


def test_every_code_is_in_the_table_above():
    assert {reason.code for reason, _for_coach, _for_admin in CASES} == reasons.SENTENCES.keys()


@pytest.mark.parametrize("code", list(reasons.SENTENCES))
def test_no_sentence_of_ours_is_for_one_kind_of_people(code):
    words = (
        f" {' '.join(each.message for each in reasons.SENTENCES[code])} ".lower()
        .replace(";", " ")
        .replace(",", " ")
        .split()
    )
    assert not {"she", "her", "hers", "he", "his", "him"} & set(words)


def test_what_stripe_said_is_no_parameter_for_a_coach():
    said, bank = in_words(reasons.STRIPE_SAID, "No such destination."), in_words(reasons.BANK_SAID, "Closed.")
    assert [reason.parameters_for(None) for reason in (said, bank)] == [{}, {"words": "Closed."}]
    assert said.parameters_for("Ada") == {"words": "No such destination."}


def test_a_reason_comes_out_of_the_database_as_it_went_in():
    for reason in (Reason(reasons.NO_BANK), of_money(reasons.DEBT, 5, "eur"), in_words(reasons.BANK_SAID, "No.")):
        assert Reason.read(reason.stored()) == reason
    assert of_money(reasons.DEBT, 5, "eur").stored() == {"code": "debt", "parameters": {"amount": 5, "currency": "eur"}}


def test_a_reason_is_replaced_and_never_changed_in_place_which_the_database_would_not_notice():
    with pytest.raises(FrozenInstanceError):
        Reason(reasons.NO_BANK).code = reasons.SUSPENDED
