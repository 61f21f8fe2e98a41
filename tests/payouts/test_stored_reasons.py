"""What the sentences that were stored become: codes with parameters, and back."""

import importlib.util
from pathlib import Path

import pytest

from marketplace.payouts.rules.reasons import SENTENCES, Reason

MIGRATION = Path(__file__).parents[2] / "migrations" / "versions" / "0038_payout_reasons.py"
TYPED = "She says her card was stolen."
FALLEN = "Her balance has fallen to {} since this was proposed; the next run carries what is left."
SPENT = (
    "Her balance at our payment provider is smaller than this: what was sent has gone on to her bank. "
    "Try again when she has as much there."
)


@pytest.fixture(scope="module")
def migration():
    spec = importlib.util.spec_from_file_location("payout_reasons", MIGRATION)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("sentence", "by_bank", "code", "parameters"),
    [
        ("She has not connected a bank yet.", False, "no_bank", {}),
        ("Her bank details are not complete at our payment provider.", True, "bank_not_ready", {}),
        ("Her profile is suspended.", False, "suspended", {}),
        ("Our own balance at the payment provider does not cover it yet.", False, "platform_balance", {}),
        (SPENT, False, "balance_spent", {}),
        (FALLEN.format("1,107.99 USD"), False, "not_covered", {"amount": 110799, "currency": "usd"}),
        (FALLEN.format("12,000 JPY"), False, "not_covered", {"amount": 12000, "currency": "jpy"}),
        (f"On hold: {TYPED}", True, "on_hold", {"words": TYPED}),
        (TYPED, True, "bank_said", {"words": TYPED}),
        ("No such destination: 'acct_gone'", False, "stripe_said", {"words": "No such destination: 'acct_gone'"}),
    ],
)
def test_a_sentence_becomes_a_code_and_could_become_itself_again(migration, sentence, by_bank, code, parameters):
    reason = migration._code(sentence, by_bank=by_bank)
    assert reason == {"code": code, "parameters": parameters}
    assert migration._sentence(reason) == sentence
    # Today's table has a sentence for it.
    assert code in SENTENCES
    assert Reason.read(reason).told("Ada")
