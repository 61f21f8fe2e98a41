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
        ("a\n" + "x" * 19996 + "\n" + "y" * 9, "a\n" + "x" * 19996 + "\n…"),
        ("a\n" + "x" * 19997 + "\n" + "y" * 9, "a\n…"),
    ],
)
def test_a_text_is_cut_at_a_line(text, fits):
    assert fitting("uncategorized_text", text) == fits
    assert len(fits) <= 20000


@pytest.mark.parametrize("name", ["customer_name", "customer_email_address", "service_date"])
def test_what_stripe_takes_less_of_is_cut_sooner(name):
    assert fitting(name, "x" * 5000) == "x" * 5000
    assert fitting(name, "x" * 5001) == "x" * 4998 + "\n…"
