"""Evidence is as long as Stripe takes it."""

import pytest

from marketplace.bookings.disputes.rules import fitting


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("", ""),
        ("x" * 20000, "x" * 20000),
        ("x" * 20001, "x" * 19998 + "\n…"),
        ("a\n" + "x" * 20000, "a\n…"),
        ("\n" + "x" * 20000, "\n" + "x" * 19997 + "\n…"),
        ("x" * 19998 + "\n" + "y" * 9, "x" * 19998 + "\n…"),
    ],
)
def test_a_text_is_cut_at_a_line(text, fits):
    assert fitting(text) == fits
    assert len(fitting(text)) <= 20000
