"""Why a payout waits or failed is a code with parameters; a payout that a person transfers goes on the manual rail."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from alembic import op
from babel.numbers import get_currency_precision
from sqlalchemy.dialects.postgresql import JSONB

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

PLAIN = {
    "She has not connected a bank yet.": "no_bank",
    "Her bank details are not complete at our payment provider.": "bank_not_ready",
    "Her profile is suspended.": "suspended",
    "Our own balance at the payment provider does not cover it yet.": "platform_balance",
    "Her balance at our payment provider is smaller than this: what was sent has gone on to her bank. "
    "Try again when she has as much there.": "balance_spent",
}
NOT_COVERED = "Her balance has fallen to {} since this was proposed; the next run carries what is left."
FALLEN = re.compile(re.escape(NOT_COVERED).replace(r"\{\}", r"(?P<amount>[\d,.]+) (?P<currency>[A-Z]{3})"))
ON_HOLD = "On hold: "


def _code(sentence: str, *, by_bank: bool) -> dict[str, Any]:
    """What a sentence said, as a code with parameters; what no code says was said by a bank or by Stripe."""
    if sentence in PLAIN:
        return {"code": PLAIN[sentence], "parameters": {}}
    if fallen := FALLEN.fullmatch(sentence):
        currency = fallen["currency"]
        amount = int(Decimal(fallen["amount"].replace(",", "")).scaleb(get_currency_precision(currency)))
        return {"code": "not_covered", "parameters": {"amount": amount, "currency": currency.lower()}}
    if sentence.startswith(ON_HOLD):
        return {"code": "on_hold", "parameters": {"words": sentence.removeprefix(ON_HOLD)}}
    return {"code": "bank_said" if by_bank else "stripe_said", "parameters": {"words": sentence}}


def _sentence(reason: dict[str, Any]) -> str:
    """What the sentence was of which `_code` made this."""
    code, parameters = reason["code"], reason["parameters"]
    for sentence, known in PLAIN.items():
        if known == code:
            return sentence
    if code == "not_covered":
        digits = get_currency_precision(parameters["currency"].upper())
        amount = f"{Decimal(parameters['amount']).scaleb(-digits):,.{digits}f} {parameters['currency'].upper()}"
        return NOT_COVERED.format(amount)
    return (ON_HOLD if code == "on_hold" else "") + str(parameters["words"])


def _convert(table: str, column: str, to: str, write: Callable[[Any, str], Any]) -> None:
    """Fill the column `to` from `column`, row by row."""
    rail = "rail" if table == "payouts" else "'stripe'"
    rows = op.get_bind().execute(sa.text(f"select id, {rail}, {column} from {table} where {column} is not null"))
    changed = sa.text(f"update {table} set {to} = :value where id = :id")
    if to.endswith("_coded"):
        changed = changed.bindparams(sa.bindparam("value", type_=JSONB()))
    for key, by, value in rows.all():
        op.get_bind().execute(changed, {"id": key, "value": write(value, by)})


def upgrade() -> None:
    for name in ("payouts_rail_check", "payouts_transferred_check"):
        op.drop_constraint(name, "payouts", type_="check")
    op.execute("update payouts set rail = 'manual' where rail = 'by_hand'")
    op.create_check_constraint(
        "payouts_rail_check", "payouts", "rail in ('stripe', 'manual') and (rail = 'manual') = (sealed is not null)"
    )
    op.create_check_constraint(
        "payouts_transferred_check",
        "payouts",
        "(reference is null) = (transferred_on is null) and (reference is null or rail = 'manual')",
    )
    op.drop_constraint("payout_reversals_failed_check", "payout_reversals", type_="check")
    for table, column, name in (("payouts", "waiting_for", "reason"), ("payout_reversals", "failure", "failure")):
        op.add_column(table, sa.Column(f"{name}_coded", JSONB()))
        _convert(table, column, f"{name}_coded", lambda said, rail: _code(said, by_bank=rail == "manual"))
        op.drop_column(table, column)
        op.alter_column(table, f"{name}_coded", new_column_name=name)
    op.create_check_constraint(
        "payout_reversals_failed_check", "payout_reversals", "(status = 'failed') = (failure is not null)"
    )


def downgrade() -> None:
    op.drop_constraint("payout_reversals_failed_check", "payout_reversals", type_="check")
    for table, column, name in (("payouts", "reason", "waiting_for"), ("payout_reversals", "failure", "failure")):
        op.add_column(table, sa.Column(f"{name}_said", sa.Text()))
        _convert(table, column, f"{name}_said", lambda reason, _rail: _sentence(reason))
        op.drop_column(table, column)
        op.alter_column(table, f"{name}_said", new_column_name=name)
    op.create_check_constraint(
        "payout_reversals_failed_check", "payout_reversals", "(status = 'failed') = (failure is not null)"
    )
    for name in ("payouts_rail_check", "payouts_transferred_check"):
        op.drop_constraint(name, "payouts", type_="check")
    op.execute("update payouts set rail = 'by_hand' where rail = 'manual'")
    op.create_check_constraint(
        "payouts_rail_check", "payouts", "rail in ('stripe', 'by_hand') and (rail = 'by_hand') = (sealed is not null)"
    )
    op.create_check_constraint(
        "payouts_transferred_check",
        "payouts",
        "(reference is null) = (transferred_on is null) and (reference is null or rail = 'by_hand')",
    )
