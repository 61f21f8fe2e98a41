"""Names of ours and of Stripe's are words on admins' pages."""

import re
from pathlib import Path

import pytest

from marketplace.bookings.disputes.rules import EDITABLE
from marketplace.pages import admin_words
from marketplace.worker import JOBS

pytestmark = pytest.mark.pure


def test_every_job_has_words():
    assert set(JOBS) - set(admin_words.JOBS) == set()


def test_every_kind_of_thing_that_breaks_a_check_has_words():
    folder = Path(__file__).parents[2] / "marketplace/invariants/rules"
    kinds = {kind for file in folder.glob("*.py") for kind in re.findall(r"'(\w+)' as kind", file.read_text())}
    assert len(kinds) > 8
    assert kinds - set(admin_words.KINDS) == set()


def test_evidence_that_is_written_has_words():
    assert set(EDITABLE) - set(admin_words.EVIDENCE) == set()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (admin_words.event_words("v2.core.account[requirements].updated"), "Account requirements updated"),
        (admin_words.event_words("checkout.session.completed"), "Checkout session completed"),
        (admin_words.job_words("made_up_job"), "Made up job"),
        (admin_words.reason_words("fraudulent"), "The payer says they did not pay it"),
        (admin_words.reason_words("made_up"), "Made up"),
        (admin_words.violation_words("job", "send_payout, given up"), "Send a payout, given up"),
        (admin_words.violation_words("account", "send_payout"), "send_payout"),
    ],
)
def test_what_has_no_words_of_its_own_is_spelt(said, words):
    assert said == words
