"""What every test of asks begins with: a whole brief, and an ask that waits for Ada."""

from datetime import date

import pytest

from marketplace.asks.service import sending

BRIEF = {
    "kind": "mentor",
    "about": "I lead a team of four since May, and two of them want the same promotion. How do I decide, and when?",
    "not_about": "Not about salaries.",
    "tried": "I wrote down what both have done this year: https://example.org/comparison",
    "why_coach": "You write about leadership in small teams, as mine is.",
    "aim": "A decision that I can explain in 2 sentences to both.",
    "by_when": date(2027, 3, 20),
    "minutes": 45,
    "words_enough": False,
    "payer": "employer",
}


def asked(asker, handle="ada", **changes):
    """What somebody asks of a coach."""
    return sending.send(asker, handle=handle, **BRIEF | changes)


@pytest.fixture
def ask(ada, mia, offering):
    """Mia asks Ada for three quarters of an hour, 90.00 USD."""
    return asked(mia)
