"""Amounts of money as the API tells them."""

from typing import Any

from marshmallow import fields

from marketplace.coaches.schemas import MoneySchema


def amount(cents: int, currency: str) -> dict[str, Any]:
    """Money as the API tells it."""
    return {"amount": cents, "currency": currency}


def amounts(cents_by_currency: dict[str, int]) -> list[dict[str, Any]]:
    """Several currencies, in their alphabet."""
    return [amount(cents, currency) for currency, cents in sorted(cents_by_currency.items())]


class SignedMoneySchema(MoneySchema):
    """An amount that may be negative: a debt."""

    amount = fields.Integer()
