"""The tax that lies on a part: of every part, to the cent, and never more than there is."""

import pytest

from marketplace.payments import rules


@pytest.mark.parametrize(
    ("before", "before_tax", "cents", "tax"),
    [
        (0, 0, 12000, 2280),
        (0, 0, 1, 0),
        (0, 0, 3, 1),
        (6000, 1140, 6000, 1140),
        (11999, 2280, 1, 0),
        (4000, 760, 3, 1),
        # More than its part went back before: then none goes with this one.
        (3, 5, 3, 0),
    ],
)
def test_the_tax_that_goes_back_with_a_part(before, before_tax, cents, tax):
    found = rules.tax_back(
        amount_cents=12000, tax_cents=2280, before_cents=before, before_tax_cents=before_tax, cents=cents
    )
    assert found == tax


@pytest.mark.parametrize(("cents", "tax"), [(12000, 2280), (4000, 760), (1, 0), (3, 1), (0, 0)])
def test_the_tax_that_falls_on_a_part_of_the_price(cents, tax):
    assert rules.tax_on(cents, amount_cents=12000, tax_cents=2280) == tax


@pytest.mark.parametrize(("cents", "tax"), [(14280, 2280), (7140, 1140), (1, 0), (6, 1), (0, 0)])
def test_the_tax_in_a_part_of_what_was_paid_in_all(cents, tax):
    assert rules.tax_in(cents, amount_cents=12000, tax_cents=2280) == tax
