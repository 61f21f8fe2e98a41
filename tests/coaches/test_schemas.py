"""An amount of a program is in the currency of what it is about, or is refused by its field."""

import pytest

from marketplace.coaches.schemas import cents_in
from marketplace.errors import Invalid


def test_an_amount_in_its_currency_is_its_minor_units():
    assert cents_in("usd", {"amount": 12000, "currency": "usd"}, field="refund") == 12000


@pytest.mark.parametrize(
    ("options", "sentence"),
    [({}, "This session is paid in usd."), ({"said": "This payout is in usd."}, "This payout is in usd.")],
    ids=["a session's", "a payout's"],
)
def test_an_amount_in_another_currency_is_refused_by_its_field(options, sentence):
    with pytest.raises(Invalid) as refusal:
        cents_in("usd", {"amount": 12000, "currency": "eur"}, field="refund", **options)
    assert refusal.value.fields == {"refund.currency": [sentence]}
